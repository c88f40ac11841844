#define _GNU_SOURCE
#include "net.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define BATCH 512            // events taken at once
#define SCRATCH (1024 * 1024) // the largest message of either side is far smaller

int net_epoll = -1;
void (*net_ahead)(const struct conn *);
static uint8_t scratch[SCRATCH];
static struct conn *graveyard;

struct watch { void (*readable)(int); int fd; };
static struct watch watches[4];
static int watch_count;

uint64_t net_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

void net_die(const char *what) {
  fprintf(stderr, "%s: %s\n", what, errno ? strerror(errno) : "failed");
  exit(1);
}

void net_start(void) {
  struct rlimit files;
  if (!getrlimit(RLIMIT_NOFILE, &files)) {
    files.rlim_cur = files.rlim_max; // two sockets a call
    setrlimit(RLIMIT_NOFILE, &files);
  }
  net_epoll = epoll_create1(EPOLL_CLOEXEC);
  if (net_epoll < 0) net_die("epoll_create1");
  prctl(PR_SET_TIMERSLACK, 1UL); // else waits of less than a millisecond end 50 us late
}

void net_address(const char *text, char *host, size_t size, int *port) {
  const char *colon = strrchr(text, ':');
  if (!colon || (size_t)(colon - text) >= size) { errno = EINVAL; net_die(text); }
  memcpy(host, text, colon - text);
  host[colon - text] = 0;
  *port = atoi(colon + 1);
}

static struct sockaddr_in net_sockaddr(const char *text) {
  char host[64];
  int port;
  net_address(text, host, sizeof host, &port);
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  if (inet_pton(AF_INET, host, &at.sin_addr) != 1) { errno = EINVAL; net_die(text); }
  return at;
}

int net_listen(const char *address, int *port) {
  struct sockaddr_in at = net_sockaddr(address);
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(fd, (struct sockaddr *)&at, sizeof at) || listen(fd, 4096)) net_die(address);
  socklen_t size = sizeof at;
  getsockname(fd, (struct sockaddr *)&at, &size);
  *port = ntohs(at.sin_port);
  return fd;
}

// The connect itself blocks: on this machine's loopback it is done when the peer's queue has room.
int net_dial(const char *address) {
  struct sockaddr_in at = net_sockaddr(address);
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) net_die("socket");
  if (connect(fd, (struct sockaddr *)&at, sizeof at)) { close(fd); return -1; }
  fcntl(fd, F_SETFL, O_NONBLOCK);
  return fd;
}

void net_watch(int fd, void (*readable)(int)) {
  struct watch *w = &watches[watch_count++];
  *w = (struct watch){readable, fd};
  struct epoll_event e = {.events = EPOLLIN, .data.ptr = w};
  if (epoll_ctl(net_epoll, EPOLL_CTL_ADD, fd, &e)) net_die("epoll_ctl");
}

void bytes_add(struct bytes *b, const void *p, size_t n) {
  if (b->length + n > b->capacity) {
    b->capacity = (b->length + n) * 2;
    b->at = realloc(b->at, b->capacity);
    if (!b->at) net_die("memory");
  }
  memcpy(b->at + b->length, p, n);
  b->length += n;
}

void bytes_take(struct bytes *b, size_t n) {
  memmove(b->at, b->at + n, b->length - n);
  b->length -= n;
}

void bytes_free(struct bytes *b) {
  free(b->at);
  *b = (struct bytes){0};
}

static void conn_arm(struct conn *c, bool out) {
  if (c->armed == out) return;
  c->armed = out;
  struct epoll_event e = {.events = EPOLLIN | (out ? EPOLLOUT : 0), .data.ptr = c};
  epoll_ctl(net_epoll, EPOLL_CTL_MOD, c->fd, &e);
}

void conn_close(struct conn *c) {
  if (c->dead) return;
  c->dead = true;
  if (c->ssl) {
    if (!c->handshaking) SSL_shutdown(c->ssl);
    SSL_free(c->ssl);
    c->ssl = NULL;
    ERR_clear_error(); // what is left of this connection must not be read as a fault of the next
  }
  close(c->fd);
  bytes_free(&c->in);
  bytes_free(&c->out);
  c->next_dead = graveyard;
  graveyard = c;
}

void conn_reap(void (*done)(struct conn *)) {
  while (graveyard) {
    struct conn *c = graveyard;
    graveyard = c->next_dead;
    done(c);
  }
}

static void conn_lose(struct conn *c) {
  if (c->dead) return;
  conn_close(c);
  c->lost(c);
}

static void conn_readable(struct conn *c);

static void conn_shake(struct conn *c) {
  int r = SSL_do_handshake(c->ssl);
  if (r == 1) {
    c->handshaking = false;
    conn_arm(c, false);
    if (c->ready) c->ready(c);
    if (!c->dead && SSL_has_pending(c->ssl)) conn_readable(c); // came with the handshake's last read: the socket will not tell of it again
    return;
  }
  switch (SSL_get_error(c->ssl, r)) {
    case SSL_ERROR_WANT_READ: conn_arm(c, false); return;
    case SSL_ERROR_WANT_WRITE: conn_arm(c, true); return;
    default: ERR_clear_error(); conn_lose(c); return;
  }
}

void conn_open(struct conn *c, int fd, SSL *ssl) {
  int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  c->fd = fd;
  c->ssl = ssl;
  c->handshaking = ssl != NULL;
  struct epoll_event e = {.events = EPOLLIN, .data.ptr = c};
  if (epoll_ctl(net_epoll, EPOLL_CTL_ADD, fd, &e)) net_die("epoll_ctl");
  if (ssl) {
    SSL_set_fd(ssl, fd);
    conn_shake(c);
  }
}

// Returns what the socket took; -1: broken.
static ssize_t conn_put(struct conn *c, const uint8_t *p, size_t n) {
  size_t done = 0;
  while (done < n) {
    ssize_t w;
    if (c->ssl) {
      w = SSL_write(c->ssl, p + done, (int)(n - done));
      if (w <= 0) return SSL_get_error(c->ssl, (int)w) == SSL_ERROR_WANT_WRITE ? (ssize_t)done : -1;
    } else {
      w = send(c->fd, p + done, n - done, MSG_NOSIGNAL);
      if (w < 0) return errno == EAGAIN ? (ssize_t)done : -1;
    }
    done += w;
  }
  return (ssize_t)done;
}

void conn_write(struct conn *c, const void *p, size_t n) {
  if (c->dead) return;
  if (c->held || c->handshaking || c->out.length) { bytes_add(&c->out, p, n); return; }
  ssize_t w = conn_put(c, p, n);
  if (w < 0) { ERR_clear_error(); return; } // the reading side hears of it
  if ((size_t)w < n) {
    bytes_add(&c->out, (const uint8_t *)p + w, n - w);
    conn_arm(c, true);
  }
}

static void conn_drain(struct conn *c) {
  if (c->held || c->handshaking || c->dead) return;
  if (c->out.length) {
    ssize_t w = conn_put(c, c->out.at, c->out.length);
    if (w < 0) { conn_lose(c); return; }
    bytes_take(&c->out, w);
  }
  if (!c->out.length) bytes_free(&c->out);
  conn_arm(c, c->out.length > 0);
}

void conn_release(struct conn *c) {
  c->held = false;
  conn_drain(c);
}

static void conn_readable(struct conn *c) {
  bool more;
  do {
    size_t kept = c->in.length;
    memcpy(scratch, c->in.at, kept);
    ssize_t n = c->ssl ? SSL_read(c->ssl, scratch + kept, (int)(SCRATCH - kept)) : recv(c->fd, scratch + kept, SCRATCH - kept, 0);
    if (n <= 0) {
      bool wait = c->ssl ? SSL_get_error(c->ssl, (int)n) == SSL_ERROR_WANT_READ : n < 0 && errno == EAGAIN;
      if (!wait) conn_lose(c);
      return;
    }
    c->in.length = 0;
    size_t whole = kept + n, used = c->parse(c, scratch, whole);
    if (c->dead) return;
    if (used < whole) bytes_add(&c->in, scratch + used, whole - used);
    more = c->ssl && SSL_has_pending(c->ssl);
  } while (more);
}

void net_wait(uint64_t until) {
  struct epoll_event events[BATCH];
  uint64_t now = until == UINT64_MAX ? 0 : net_now();
  struct timespec left = {0}, *timeout = &left;
  if (until == UINT64_MAX) timeout = NULL;
  else if (until > now) left = (struct timespec){(time_t)((until - now) / 1000000000u), (long)((until - now) % 1000000000u)};
  int n = (int)syscall(SYS_epoll_pwait2, net_epoll, events, BATCH, timeout, NULL, 0);
  if (n < 0 && errno != EINTR) net_die("epoll_pwait2");
  if (net_ahead) {
    for (int i = 0; i < n; i++) __builtin_prefetch(events[i].data.ptr), __builtin_prefetch((char *)events[i].data.ptr + 64);
    for (int i = 0; i < n; i++)
      if ((struct watch *)events[i].data.ptr < watches || (struct watch *)events[i].data.ptr >= watches + 4) net_ahead(events[i].data.ptr);
  }
  for (int i = 0; i < n; i++) {
    struct watch *w = events[i].data.ptr;
    if (w >= watches && w < watches + 4) { w->readable(w->fd); continue; }
    struct conn *c = events[i].data.ptr;
    if (c->dead) continue;
    if (c->handshaking) { conn_shake(c); continue; }
    if (events[i].events & EPOLLOUT) conn_drain(c);
    if (!c->dead && events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) conn_readable(c);
  }
}
