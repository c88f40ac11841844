// The floor: what the traffic of a call costs with the least work thinkable. One thread, one epoll, the caller's WebSocket plain, Gemini's in TLS,
// a message there for a message here. No filter (samples are doubled, two of three dropped), no pacing, no recording, no transcript, no metrics.
// floor --gemini 127.0.0.1:PORT --ca FILE [--listen 127.0.0.1:PORT]; prints "ready http://…".
#define _GNU_SOURCE
#include "base64.h"
#include "tls.h"
#include "ws.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define CHUNK 3200 // the least that Exotel plays cleanly [bytes]
#define MULTIPLE 320
#define MESSAGE 65536

static const char audio_head[] = "{\"realtime_input\":{\"audio\":{\"mime_type\":\"audio/pcm;rate=16000\",\"data\":\"", audio_tail[] = "\"}}}", media_tail[] = "\"}}";
static const uint8_t mask[4] = {0x5a, 0xc3, 0x17, 0x88};

struct relay {
  struct conn caller, gemini;
  char stream[64], media_head[160];
  size_t media_head_length;
  int ends; // connections that are gone
  unsigned phase; // of the samples that are kept, one in three
  size_t filled;
  uint8_t chunk[2 * CHUNK];
};

static SSL_CTX *tls;
static const char *gemini_address;
static uint8_t pcm[MESSAGE], wide[2 * MESSAGE], frame[4 * MESSAGE];

static void drop(struct relay *r) {
  conn_close(&r->caller);
  if (r->gemini.owner) conn_close(&r->gemini);
}

static void lost(struct conn *c) { drop(c->owner); }

static void reaped(struct conn *c) {
  struct relay *r = c->owner;
  if (++r->ends == (r->gemini.owner ? 2 : 1)) free(r);
}

static bool field(const uint8_t *p, size_t n, const char *name, const uint8_t **value, size_t *length) {
  const uint8_t *at = memmem(p, n, name, strlen(name));
  if (!at) return false;
  at += strlen(name);
  const uint8_t *end = memchr(at, '"', (size_t)(p + n - at));
  if (!end) return false;
  *value = at;
  *length = (size_t)(end - at);
  return true;
}

static void send_chunk(struct relay *r, size_t n) {
  size_t length = r->media_head_length + base64_length(n) + sizeof media_tail - 1;
  size_t at = ws_head(frame, WS_TEXT, length, NULL);
  memcpy(frame + at, r->media_head, r->media_head_length);
  at += r->media_head_length;
  at += base64_encode(r->chunk, n, frame + at);
  memcpy(frame + at, media_tail, sizeof media_tail - 1);
  conn_write(&r->caller, frame, at + sizeof media_tail - 1);
  memmove(r->chunk, r->chunk + n, r->filled - n);
  r->filled -= n;
}

static void end_turn(struct relay *r) {
  if (!r->filled) return;
  size_t legal = r->filled <= CHUNK ? CHUNK : (r->filled + MULTIPLE - 1) / MULTIPLE * MULTIPLE;
  memset(r->chunk + r->filled, 0, legal - r->filled);
  r->filled = legal;
  send_chunk(r, legal);
}

static void hear_model(struct relay *r, const uint8_t *data, size_t n) {
  size_t samples = base64_decode(data, n, pcm) / 2, i = r->phase;
  const int16_t *in = (const int16_t *)pcm;
  for (; i < samples; i += 3) {
    memcpy(r->chunk + r->filled, in + i, 2);
    r->filled += 2;
    if (r->filled == CHUNK) send_chunk(r, CHUNK);
  }
  r->phase = (unsigned)(i - samples);
}

static void from_gemini(struct relay *r, struct ws_frame *f) {
  const uint8_t *value;
  size_t length;
  if (f->opcode == WS_PING) { ws_send(&r->gemini, 0xA, f->payload, f->length, true); return; }
  if (f->opcode == WS_CLOSE) { drop(r); return; }
  if (field(f->payload, f->length, "\"data\": \"", &value, &length)) hear_model(r, value, length);
  else if (memmem(f->payload, f->length, "\"setupComplete\"", 15)) conn_release(&r->gemini);
  else if (memmem(f->payload, f->length, "\"generationComplete\"", 20)) end_turn(r);
  else if (memmem(f->payload, f->length, "\"interrupted\"", 13)) {
    char clear[160];
    r->filled = 0;
    ws_send(&r->caller, WS_TEXT, clear, (size_t)snprintf(clear, sizeof clear, "{\"event\":\"clear\",\"stream_sid\":\"%s\"}", r->stream), false);
  }
}

static size_t parse_gemini(struct conn *c, uint8_t *p, size_t n) {
  struct relay *r = c->owner;
  struct ws_frame f;
  size_t used = 0, step;
  if (!c->upgraded) {
    if (!(used = ws_head_end(p, n))) return 0;
    if (memcmp(p, "HTTP/1.1 101", 12)) { drop(r); return n; }
    c->upgraded = true;
  }
  while (!c->dead && (step = ws_next(p + used, n - used, &f))) { used += step; from_gemini(r, &f); }
  return used;
}

// What comes before setupComplete is held, so that nothing is lost.
static void dial(struct relay *r, const char *from) {
  static const char request[] = "GET /ws/google.ai.generativelanguage.v1alpha.GenerativeService.BidiGenerateContentConstrained?access_token=auth_tokens/floor HTTP/1.1\r\n"
                                "Host: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
  char setup[320];
  int fd = net_dial(gemini_address), length = snprintf(setup, sizeof setup, "{\"setup\":{\"model\":\"models/floor\",\"systemInstruction\":{\"parts\":[{\"text\":\"The caller is %s.\"}]}}}", from);
  if (fd < 0) { drop(r); return; }
  struct conn *c = &r->gemini;
  c->owner = r;
  c->parse = parse_gemini;
  c->lost = lost;
  conn_open(c, fd, tls_dial(tls));
  conn_write(c, request, sizeof request - 1);
  ws_send(c, WS_TEXT, setup, (size_t)length, true);
}

static void gemini_up(struct conn *c) { conn_release(c); c->held = true; }

static void from_caller(struct relay *r, struct ws_frame *f) {
  const uint8_t *value;
  size_t length;
  char from[32] = "";
  if (f->opcode == WS_CLOSE) { drop(r); return; }
  ws_mask(f->payload, f->length, f->key);
  if (field(f->payload, f->length, "\"payload\":\"", &value, &length)) {
    size_t samples = base64_decode(value, length, pcm) / 2;
    const int16_t *in = (const int16_t *)pcm;
    uint32_t *out = (uint32_t *)wide;
    for (size_t i = 0; i < samples; i++) out[i] = (uint16_t)in[i] * 0x10001u;
    size_t text = sizeof audio_head - 1 + base64_length(samples * 4) + sizeof audio_tail - 1, head = ws_head(frame, WS_TEXT, text, mask), at = head;
    memcpy(frame + at, audio_head, sizeof audio_head - 1);
    at += sizeof audio_head - 1;
    at += base64_encode(wide, samples * 4, frame + at);
    memcpy(frame + at, audio_tail, sizeof audio_tail - 1);
    ws_mask(frame + head, text, mask);
    if (r->gemini.owner) conn_write(&r->gemini, frame, head + text);
  } else if (memmem(f->payload, f->length, "\"event\":\"start\"", 15)) {
    if (field(f->payload, f->length, "\"stream_sid\":\"", &value, &length) && length < sizeof r->stream) memcpy(r->stream, value, length);
    if (field(f->payload, f->length, "\"from\":\"", &value, &length) && length < sizeof from) memcpy(from, value, length);
    r->media_head_length = (size_t)snprintf(r->media_head, sizeof r->media_head, "{\"event\":\"media\",\"stream_sid\":\"%s\",\"media\":{\"payload\":\"", r->stream);
    r->gemini.ready = gemini_up;
    dial(r, from);
  } else if (memmem(f->payload, f->length, "\"event\":\"stop\"", 14)) drop(r);
}

static size_t parse_caller(struct conn *c, uint8_t *p, size_t n) {
  struct ws_frame f;
  size_t used = 0, step;
  if (!c->upgraded) {
    if (!(used = ws_head_end(p, n))) return 0;
    ws_accept(c, p, used);
  }
  while (!c->dead && (step = ws_next(p + used, n - used, &f))) { used += step; from_caller(c->owner, &f); }
  return used;
}

static void accept_callers(int listener) {
  int fd;
  while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
    struct relay *r = calloc(1, sizeof *r);
    r->caller.owner = r;
    r->caller.parse = parse_caller;
    r->caller.lost = lost;
    conn_open(&r->caller, fd, NULL);
  }
}

int main(int count, char **words) {
  const char *listen = "127.0.0.1:0", *ca = NULL;
  for (int i = 1; i + 1 < count; i += 2) {
    if (!strcmp(words[i], "--gemini")) gemini_address = words[i + 1];
    else if (!strcmp(words[i], "--ca")) ca = words[i + 1];
    else if (!strcmp(words[i], "--listen")) listen = words[i + 1];
  }
  if (!gemini_address || !ca) {
    fputs("usage: floor --gemini 127.0.0.1:PORT --ca FILE [--listen 127.0.0.1:PORT]\n", stderr);
    return 2;
  }
  int port;
  net_start();
  tls = tls_client(ca);
  net_watch(net_listen(listen, &port), accept_callers);
  printf("ready http://127.0.0.1:%d\n", port);
  fflush(stdout);
  while (true) {
    net_wait(UINT64_MAX);
    conn_reap(reaped);
  }
}
