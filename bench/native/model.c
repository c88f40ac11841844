// Gemini's end of a call: TLS, the two requests that a daemon makes, and sessions that listen and answer.
#define _GNU_SOURCE
#include "load.h"
#include "tls.h"
#include "ws.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define SILENCE_BEFORE_ANSWER 20 // messages of 20 ms: what a voice activity detector waits
#define LEAST_SPEECH 25
#define CHUNK_SAMPLES 4800       // 200 ms at 24 kHz: what a chunk of 3,200 bytes holds at 8 kHz
#define TICKS_PER_PART 2         // a part each 40 ms, three to four times real time
#define INTERRUPTED_EACH 4       // one turn in so many
#define PATIENCE_TICKS 15        // 300 ms after it should have been heard, a turn is judged

static SSL_CTX *tls;

static void lost(struct conn *c) {
  struct call *call = c->owner;
  if (call && call->model == c) call->model = NULL;
}

static void say(struct call *c, const char *text) { ws_send(c->model, WS_BINARY, text, strlen(text), false); }

// ---- what the daemon asks for beside calls

static void answer(struct conn *c, const char *body) {
  char reply[1024];
  int n = snprintf(reply, sizeof reply, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s", strlen(body), body);
  conn_write(c, reply, (size_t)n);
}

static size_t request(struct conn *c, const uint8_t *p, size_t n) {
  char size[16];
  size_t head = ws_head_end(p, n), body = 0;
  if (!head) return 0;
  if (ws_header(p, head, "Content-Length: ", size, sizeof size)) body = strtoul(size, NULL, 10);
  if (n < head + body) return 0;
  if (memmem(p, head, "BidiGenerateContent", 19)) ws_accept(c, p, head);
  else if (memmem(p, head, "/auth_tokens", 12)) answer(c, "{\"name\":\"auth_tokens/bench\"}");
  else answer(c, "{\"models\":[{\"name\":\"models/gemini-3.1-flash-live-preview\",\"supportedGenerationMethods\":[\"bidiGenerateContent\"]}]}");
  return head + body;
}

// ---- listening

static void setup(struct conn *conn, const uint8_t *p, size_t n) {
  const uint8_t *at = memmem(p, n, "caller is 07", 12);
  int index = at ? atoi((const char *)at + 12) : -1;
  if (index < 0 || index >= MAX_CALLS || !calls[index]) { conn_close(conn); return; }
  struct call *c = calls[index];
  if (c->model) c->model->owner = NULL; // a daemon that goes on over a new connection
  c->model = conn;
  conn->owner = c;
  say(c, "{\n  \"setupComplete\": {}\n}\n");
}

static void voice_activity(struct call *c, bool speech, unsigned message) {
  if (speech && !c->speaking && c->heard > MODEL_BYTES) {
    // Speech begins where the caller began it: else frames are lost, doubled or shifted.
    unsigned off = (c->offset + message) % CYCLE;
    if (off > 6 && off < CYCLE - 6) figures.misaligned++;
  }
  c->speaking = speech;
  c->silent = speech ? 0 : c->silent + 1;
  if (speech) c->spoken++;
}

static void hear(struct call *c, uint8_t *p, size_t n, uint64_t now) {
  // "{"realtime_input":{"audio":{…,"data":"…"}}}": the text's length says how much audio there is; a piece of its middle, whether it is silent.
  const uint8_t *data = memmem(p, n < 128 ? n : 128, "\"data\":\"", 8);
  if (!data) return;
  const uint8_t *last = memrchr(p, '"', n);
  size_t text = (size_t)(last - data - 8), bytes = text / 4 * 3 - (last[-1] == '=') - (last[-2] == '=');
  static const char silent[] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
  bool speech = text >= 64 && memcmp(data + 8 + text / 2, silent, 32) != 0;
  unsigned before = (unsigned)(c->heard / MODEL_BYTES);
  c->heard += bytes;
  uint64_t after = c->heard / MODEL_BYTES;
  figures.frames_heard += after - before;
  if (after > 0 && after <= c->sent && c->sent - after < HISTORY) histogram_add(&figures.up, (int64_t)(now - c->stamps[(after - 1) % HISTORY]));
  voice_activity(c, speech, before);
}

static size_t parse(struct conn *conn, uint8_t *p, size_t n) {
  struct ws_frame f;
  size_t used = 0, step;
  while (!conn->upgraded && !conn->dead) {
    if (!(step = request(conn, p + used, n - used))) return used;
    used += step;
  }
  uint64_t now = net_now();
  while (!conn->dead && (step = ws_next(p + used, n - used, &f))) {
    used += step;
    if (f.opcode == WS_CLOSE) { conn_close(conn); lost(conn); break; }
    ws_mask(f.payload, f.length, f.key);
    if (f.opcode == WS_PING) ws_send(conn, 0xA, f.payload, f.length, false);
    else if (f.opcode == WS_TEXT && conn->owner) hear(conn->owner, f.payload, f.length, now);
    else if (f.opcode == WS_TEXT) setup(conn, f.payload, f.length);
  }
  return used;
}

void model_accept(int listener) {
  int fd;
  while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
    struct conn *c = calloc(1, sizeof *c);
    c->parse = parse;
    c->lost = lost;
    conn_open(c, fd, tls_answer(tls));
  }
}

void model_start(const char *ca_out) { tls = tls_server(ca_out); }

// ---- speaking

static void judge(struct call *c) {
  struct turn *t = &c->turn;
  figures.turns++;
  if (t->interrupted_at) {
    figures.interrupted++;
    if (!t->cleared) figures.missing_clears++;
    return;
  }
  uint64_t expected = t->planned / 3;
  figures.expected += expected;
  figures.missing += t->out < expected ? expected - t->out : 0;
}

static void finish(struct call *c) {
  judge(c);
  c->turn.state = LISTENING;
}

static void begin(struct call *c) {
  int number = c->turn.number + 1;
  unsigned seed = (unsigned)(c->index * 7 + number * 13);
  c->turn = (struct turn){.state = SPEAKING, .number = number, .parts = 17 + (int)(seed % 5)};
  for (int i = 0; i < c->turn.parts; i++) c->turn.planned += traffic_part_samples(seed + (unsigned)i);
  // In the middle of generation, or when all has been generated and only the playing goes on.
  if ((c->index + number) % INTERRUPTED_EACH == 0) c->turn.interrupt_tick = number % 2 ? 25 : 60;
  c->spoken = 0;
  say(c, "{\n  \"serverContent\": {\n    \"inputTranscription\": {\n      \"text\": \"When do you open tomorrow?\"\n    }\n  }\n}\n");
}

static void speak_part(struct call *c) {
  struct turn *t = &c->turn;
  unsigned n = (unsigned)(c->index * 7 + t->number * 13 + t->sent_parts);
  const struct bytes *part = traffic_part(n);
  bool fills = t->given < CHUNK_SAMPLES && t->given + traffic_part_samples(n) >= CHUNK_SAMPLES;
  t->given += traffic_part_samples(n);
  t->sent_parts++;
  if (fills) t->filled_at = net_now();
  conn_write(c->model, part->at, part->length);
  if (t->sent_parts % 3 == 1) say(c, "{\n  \"serverContent\": {\n    \"outputTranscription\": {\n      \"text\": \" from ten to eight\"\n    }\n  }\n}\n");
  if (t->sent_parts == t->parts) {
    say(c, "{\n  \"serverContent\": {\n    \"generationComplete\": true\n  }\n}\n");
    t->state = PLAYED;
  }
}

static void complete(struct call *c) {
  say(c, "{\n  \"serverContent\": {\n    \"turnComplete\": true\n  },\n  \"usageMetadata\": {\n    \"promptTokenCount\": 412,\n    \"responseTokenCount\": 81,\n    \"totalTokenCount\": 493\n  }\n}\n");
}

void model_tick(struct call *c) {
  struct turn *t = &c->turn;
  if (!c->model || c->state != LIVE) return;
  if (t->state == LISTENING) {
    if (c->silent >= SILENCE_BEFORE_ANSWER && c->spoken >= LEAST_SPEECH) begin(c);
    return;
  }
  t->ticks++;
  if (t->state == BROKEN_OFF) {
    if (t->ticks == t->interrupt_tick + PATIENCE_TICKS) finish(c);
  } else if (t->interrupt_tick && t->ticks == t->interrupt_tick) {
    t->interrupted_at = net_now();
    say(c, "{\n  \"serverContent\": {\n    \"interrupted\": true\n  }\n}\n");
    complete(c);
    t->state = BROKEN_OFF;
  } else if (t->state == SPEAKING) {
    if (t->ticks % TICKS_PER_PART == 1) speak_part(c);
  } else if ((uint64_t)(t->ticks - PATIENCE_TICKS) * 480 > t->planned) { // 480 samples a tick
    complete(c);
    finish(c);
  }
}
