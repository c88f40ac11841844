#include "tls.h"
#include "net.h"
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

static const unsigned char http11[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

static void fail(const char *what) {
  fprintf(stderr, "%s: ", what);
  ERR_print_errors_fp(stderr);
  _Exit(1);
}

static void extend(X509 *x, X509 *issuer, int nid, const char *value) {
  X509V3_CTX c;
  X509V3_set_ctx(&c, issuer, x, NULL, NULL, 0);
  X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, &c, nid, value);
  if (!e || !X509_add_ext(x, e, -1)) fail("certificate");
  X509_EXTENSION_free(e);
}

static X509 *certificate(const char *name, EVP_PKEY *key, int serial) {
  X509 *x = X509_new();
  X509_set_version(x, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(x), serial);
  X509_gmtime_adj(X509_getm_notBefore(x), -86400);
  X509_gmtime_adj(X509_getm_notAfter(x), 30L * 86400);
  X509_set_pubkey(x, key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1, 0);
  return x;
}

static int choose(SSL *ssl, const unsigned char **out, unsigned char *length, const unsigned char *in, unsigned int n, void *unused) {
  (void)ssl, (void)unused;
  return SSL_select_next_proto((unsigned char **)out, length, http11, sizeof http11, in, n) == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

static SSL_CTX *context(const SSL_METHOD *method) {
  SSL_CTX *c = SSL_CTX_new(method);
  if (!c) fail("TLS");
  SSL_CTX_set_min_proto_version(c, TLS1_2_VERSION);
  SSL_CTX_set_mode(c, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_read_ahead(c, 1); // one read of the socket for all records that are there
  return c;
}

SSL_CTX *tls_server(const char *ca_out) {
  EVP_PKEY *authority_key = EVP_EC_gen("P-256"), *key = EVP_EC_gen("P-256");
  X509 *authority = certificate("matrixd bench CA", authority_key, 1), *leaf = certificate("localhost", key, 2);
  X509_set_issuer_name(authority, X509_get_subject_name(authority));
  X509_set_issuer_name(leaf, X509_get_subject_name(authority));
  extend(authority, authority, NID_basic_constraints, "critical,CA:TRUE");
  extend(authority, authority, NID_key_usage, "critical,keyCertSign");
  extend(authority, authority, NID_subject_key_identifier, "hash");
  extend(leaf, authority, NID_basic_constraints, "critical,CA:FALSE");
  extend(leaf, authority, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1");
  extend(leaf, authority, NID_ext_key_usage, "serverAuth");
  if (!X509_sign(authority, authority_key, EVP_sha256()) || !X509_sign(leaf, authority_key, EVP_sha256())) fail("certificate");
  FILE *file = fopen(ca_out, "w");
  if (!file || !PEM_write_X509(file, authority) || fclose(file)) net_die(ca_out);

  SSL_CTX *c = context(TLS_server_method());
  if (!SSL_CTX_use_certificate(c, leaf) || !SSL_CTX_use_PrivateKey(c, key)) fail("certificate");
  SSL_CTX_set_alpn_select_cb(c, choose, NULL);
  return c;
}

SSL_CTX *tls_client(const char *ca) {
  SSL_CTX *c = context(TLS_client_method());
  if (!SSL_CTX_load_verify_locations(c, ca, NULL)) fail(ca);
  SSL_CTX_set_verify(c, SSL_VERIFY_PEER, NULL);
  SSL_CTX_set_alpn_protos(c, http11, sizeof http11);
  return c;
}

SSL *tls_dial(SSL_CTX *c) {
  SSL *ssl = SSL_new(c);
  X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), "127.0.0.1");
  SSL_set_connect_state(ssl);
  return ssl;
}

SSL *tls_answer(SSL_CTX *c) {
  SSL *ssl = SSL_new(c);
  SSL_set_accept_state(ssl);
  return ssl;
}
