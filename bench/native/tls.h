// TLS as both ends need it: a certificate made on the spot, and a client that checks it.
#pragma once
#include <openssl/ssl.h>

SSL_CTX *tls_server(const char *ca_out); // makes a key and a certificate for 127.0.0.1 and localhost, writes what a client must trust
SSL_CTX *tls_client(const char *ca);
SSL *tls_dial(SSL_CTX *context);         // to 127.0.0.1, checked
SSL *tls_answer(SSL_CTX *context);
