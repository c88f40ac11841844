// Exotel's end of a call: frames on time, and an ear that notices when nothing is left to play.
#define _GNU_SOURCE
#include "load.h"
#include "ws.h"
#include <stdio.h>
#include <stdlib.h>

#define LEAST_CHUNK 3200
#define MOST_CHUNK 100000
#define CHUNK_MULTIPLE 320

static const uint8_t mask[4] = {0x91, 0x4e, 0xb2, 0x6d};

static void ended(struct call *c) {
  if (c->state != ENDING) figures.ended++;
  c->state = ENDED;
  if (c->model) c->model->owner = NULL;
  c->model = NULL;
}

static void lost(struct conn *conn) { ended(conn->owner); }

static void hear(struct call *c, size_t bytes, uint64_t now) {
  struct turn *t = &c->turn;
  figures.chunks++;
  if (bytes < LEAST_CHUNK || bytes > MOST_CHUNK || bytes % CHUNK_MULTIPLE) figures.violations++;
  if (t->cleared) { figures.late_bytes += bytes; return; }
  if (!t->heard) {
    t->heard = true;
    histogram_add(&figures.down, t->filled_at ? (int64_t)(now - t->filled_at) : 0);
  }
  if (c->play_until < now) {
    if (t->out > 0 && t->out < t->planned / 3 && !t->interrupted_at) figures.underruns++;
    c->play_until = now;
  }
  t->out += bytes / 2;
  c->play_until += bytes / 2 * 125000; // a sample of 8 kHz [ns]
}

static void hear_mark(struct call *c, const uint8_t *p, size_t n) {
  const uint8_t *name = memmem(p, n, "\"name\":\"", 8);
  if (!name || c->mark_count == MARKS) return;
  name += 8;
  const uint8_t *end = memchr(name, '"', (size_t)(p + n - name));
  struct mark *m = &c->marks[(c->mark_first + c->mark_count) % MARKS];
  if (!end || (size_t)(end - name) >= sizeof m->name) return;
  memcpy(m->name, name, end - name);
  m->name[end - name] = 0;
  m->due = c->play_until;
  c->mark_count++;
}

static void hear_clear(struct call *c, uint64_t now) {
  struct turn *t = &c->turn;
  if (t->interrupted_at && !t->cleared) histogram_add(&figures.clear, (int64_t)(now - t->interrupted_at));
  t->cleared = true;
  c->play_until = now;
  c->mark_count = 0;
}

static void receive(struct call *c, struct ws_frame *f, uint64_t now) {
  if (f->opcode == WS_PING) ws_send(&c->caller, 0xA, f->payload, f->length, true);
  else if (f->opcode == WS_CLOSE) { conn_close(&c->caller); ended(c); }
  if (f->opcode != WS_TEXT) return;
  size_t look = f->length < 192 ? f->length : 192;
  const uint8_t *payload = memmem(f->payload, look, "\"payload\":\"", 11);
  if (payload) {
    const uint8_t *last = memrchr(payload, '"', (size_t)(f->payload + f->length - payload));
    size_t text = (size_t)(last - payload - 11);
    hear(c, text / 4 * 3 - (last[-1] == '=') - (last[-2] == '='), now);
  } else if (memmem(f->payload, look, "\"event\":\"clear\"", 15)) hear_clear(c, now);
  else if (memmem(f->payload, look, "\"event\":\"mark\"", 14)) hear_mark(c, f->payload, f->length);
}

static void greet(struct call *c) {
  char start[640];
  int n = snprintf(start, sizeof start,
                   "{\"event\":\"start\",\"sequence_number\":\"1\",\"stream_sid\":\"%s\",\"start\":{\"stream_sid\":\"%s\",\"call_sid\":\"call%s\",\"account_sid\":\"bench\","
                   "\"from\":\"07%08d\",\"to\":\"08040000000\",\"custom_parameters\":{},\"media_format\":{\"encoding\":\"base64\",\"sample_rate\":\"8000\",\"bit_rate\":\"128kbps\"}}}",
                   c->stream, c->stream, c->stream, c->index);
  ws_send(&c->caller, WS_TEXT, "{\"event\":\"connected\"}", 21, true);
  ws_send(&c->caller, WS_TEXT, start, (size_t)n, true);
  c->sequence = 1;
  c->state = LIVE;
}

static size_t parse(struct conn *conn, uint8_t *p, size_t n) {
  struct call *c = conn->owner;
  struct ws_frame f;
  size_t used = 0, step;
  if (!conn->upgraded) {
    if (!(used = ws_head_end(p, n))) return 0;
    if (memcmp(p, "HTTP/1.1 101", 12)) { conn_close(conn); ended(c); return n; }
    conn->upgraded = true;
    greet(c);
  }
  uint64_t now = net_now();
  while (!conn->dead && (step = ws_next(p + used, n - used, &f))) { used += step; receive(c, &f, now); }
  return used;
}

struct call *caller_start(int index, const char *address, const char *path, const char *authorization) {
  static unsigned run;
  char request[512];
  int fd = net_dial(address);
  if (fd < 0) return NULL;
  struct call *c = calloc(1, sizeof *c);
  c->index = index;
  c->offset = (unsigned)index * 149 % CYCLE; // callers do not speak in chorus
  snprintf(c->stream, sizeof c->stream, "%08x%08x%016x", (unsigned)net_now(), ++run, (unsigned)index);
  c->head_length = (size_t)snprintf(c->head, sizeof c->head, "\",\"stream_sid\":\"%s\",\"media\":{\"chunk\":\"", c->stream);
  c->caller.owner = c;
  c->caller.parse = parse;
  c->caller.lost = lost;
  conn_open(&c->caller, fd, NULL);
  int n = snprintf(request, sizeof request,
                   "GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: Go-http-client/1.1\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                   "Sec-WebSocket-Version: 13\r\nUpgrade: websocket\r\n%s%s%s\r\n", path, address, authorization[0] ? "Authorization: Basic " : "", authorization, authorization[0] ? "\r\n" : "");
  conn_write(&c->caller, request, (size_t)n);
  return c;
}

static size_t put(uint8_t *out, size_t at, const void *p, size_t n) {
  memcpy(out + at, p, n);
  return at + n;
}

static size_t put_number(uint8_t *out, size_t at, uint64_t v) {
  uint8_t digits[20];
  int n = 0;
  do digits[19 - n++] = (uint8_t)('0' + v % 10); while (v /= 10);
  return put(out, at, digits + 20 - n, (size_t)n);
}

// Masks what was written behind the room for a header of 8 bytes; returns where the frame ends.
static size_t close_frame(uint8_t *out, size_t start, size_t end) {
  size_t length = end - start - 8;
  ws_mask(out + start + 8, length, mask);
  if (length >= 126) { ws_head(out + start, WS_TEXT, length, mask); return end; }
  size_t head = ws_head(out + start, WS_TEXT, length, mask);
  memmove(out + start + head, out + start + 8, length);
  return start + head + length;
}

static size_t echo_mark(struct call *c, uint8_t *out, size_t at) {
  struct mark *m = &c->marks[c->mark_first];
  size_t start = at;
  at = put(out, at + 8, "{\"event\":\"mark\",\"sequence_number\":\"", 35);
  at = put_number(out, at, ++c->sequence);
  at = put(out, at, "\",\"stream_sid\":\"", 16);
  at = put(out, at, c->stream, strlen(c->stream));
  at = put(out, at, "\",\"mark\":{\"name\":\"", 18);
  at = put(out, at, m->name, strlen(m->name));
  at = put(out, at, "\"}}", 3);
  c->mark_first = (c->mark_first + 1) % MARKS;
  c->mark_count--;
  return close_frame(out, start, at);
}

void caller_tick(struct call *c, uint64_t due) {
  static uint8_t out[8192];
  if (c->state == ENDING) { conn_close(&c->caller); ended(c); return; }
  if (c->state != LIVE) return;
  size_t at = put(out, 8, "{\"event\":\"media\",\"sequence_number\":\"", 36);
  at = put_number(out, at, ++c->sequence);
  at = put(out, at, c->head, c->head_length);
  at = put_number(out, at, c->sent + 1);
  at = put(out, at, "\",\"timestamp\":\"", 15);
  at = put_number(out, at, c->sent * 20);
  at = put(out, at, "\",\"payload\":\"", 13);
  at = put(out, at, traffic_payload((unsigned)(c->offset + c->sent)), PAYLOAD);
  at = close_frame(out, 0, put(out, at, "\"}}", 3));
  uint64_t now = net_now();
  while (c->mark_count && c->marks[c->mark_first].due <= now) at = echo_mark(c, out, at);
  histogram_add(&figures.lag, (int64_t)(now - due));
  c->stamps[c->sent++ % HISTORY] = now;
  figures.frames_sent++;
  conn_write(&c->caller, out, at);
}

void caller_stop(struct call *c) {
  char stop[256];
  if (c->state == LIVE) {
    int n = snprintf(stop, sizeof stop, "{\"event\":\"stop\",\"sequence_number\":\"%u\",\"stream_sid\":\"%s\",\"stop\":{\"call_sid\":\"call%s\",\"account_sid\":\"bench\",\"reason\":\"callended\"}}", ++c->sequence, c->stream, c->stream);
    ws_send(&c->caller, WS_TEXT, stop, (size_t)n, true);
    c->state = ENDING; // Exotel closes 5 to 20 ms later
  } else if (c->state == CALLING) { c->state = ENDING; conn_close(&c->caller); ended(c); }
}
