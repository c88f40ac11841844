// Connections of one epoll thread: plain or TLS, read in place in one buffer that all share, written at once where the socket takes it.
#pragma once
#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes { uint8_t *at; size_t length, capacity; };

struct conn {
  int fd;
  SSL *ssl;             // NULL: plain
  bool handshaking;     // TLS is not up yet
  bool upgraded;        // speaks WebSocket; before that HTTP
  bool held;            // what is written waits until conn_release
  bool dead;            // closed; freed after the batch of events
  bool armed;           // EPOLLOUT is asked for
  struct bytes in, out; // unparsed rest of the last read; what the socket did not take
  size_t (*parse)(struct conn *, uint8_t *, size_t); // returns the bytes it has used
  void (*ready)(struct conn *);                      // TLS is up; may be NULL
  void (*lost)(struct conn *);                       // the other side has closed, or broken off
  void *owner;
  struct conn *next_dead;
};

extern int net_epoll;
extern void (*net_ahead)(const struct conn *); // fetches what a connection that has something to say will touch; may be NULL

uint64_t net_now(void);                      // [ns]
void net_die(const char *what);              // says so and exits
void net_start(void);
int net_listen(const char *address, int *port); // "127.0.0.1:8080"; port 0: any
int net_dial(const char *address);
void net_address(const char *text, char *host, size_t size, int *port);
void net_wait(uint64_t until);               // serves events until then [ns]; UINT64_MAX: until one came
void net_watch(int fd, void (*readable)(int fd)); // a listener, or standard input

void bytes_add(struct bytes *b, const void *p, size_t n);
void bytes_take(struct bytes *b, size_t n);  // from the front
void bytes_free(struct bytes *b);

void conn_open(struct conn *c, int fd, SSL *ssl); // parse, lost and owner are set by the caller before
void conn_write(struct conn *c, const void *p, size_t n);
void conn_release(struct conn *c);           // sends what was held
void conn_close(struct conn *c);             // lost is not called
void conn_reap(void (*done)(struct conn *)); // hands over the dead ones, once each
