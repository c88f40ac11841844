// RFC 6455, as much as two well-behaved ends need: whole frames, text, binary, ping and close.
#pragma once
#include "net.h"
#include <string.h>

#define WS_TEXT 0x1
#define WS_BINARY 0x2
#define WS_CLOSE 0x8
#define WS_PING 0x9
#define WS_HEAD 14 // the longest header [bytes]

struct ws_frame { uint8_t opcode; bool masked; uint8_t key[4]; uint8_t *payload; size_t length; };

// Returns the frame's whole length; 0: it is not all there yet.
static inline size_t ws_next(uint8_t *p, size_t n, struct ws_frame *f) {
  if (n < 2) return 0;
  size_t head = 2, length = p[1] & 0x7f;
  if (length == 126) {
    if (n < 4) return 0;
    length = (size_t)p[2] << 8 | p[3];
    head = 4;
  } else if (length == 127) {
    if (n < 10) return 0;
    length = 0;
    for (int i = 2; i < 10; i++) length = length << 8 | p[i];
    head = 10;
  }
  f->masked = p[1] & 0x80;
  if (f->masked) head += 4;
  if (n < head || n - head < length) return 0;
  if (f->masked) memcpy(f->key, p + head - 4, 4);
  f->opcode = p[0] & 0x0f;
  f->payload = p + head;
  f->length = length;
  return head + length;
}

static inline void ws_mask(uint8_t *restrict p, size_t n, const uint8_t key[4]) {
  uint32_t word;
  memcpy(&word, key, 4);
  uint64_t wide = (uint64_t)word << 32 | word;
  size_t i = 0;
  for (; i + 8 <= n; i += 8) {
    uint64_t v;
    memcpy(&v, p + i, 8);
    v ^= wide;
    memcpy(p + i, &v, 8);
  }
  for (; i < n; i++) p[i] ^= key[i & 3];
}

// Writes a header; returns its length. key NULL: the server's side, unmasked.
static inline size_t ws_head(uint8_t *out, uint8_t opcode, size_t length, const uint8_t *key) {
  size_t n = 2;
  out[0] = 0x80 | opcode;
  if (length < 126) out[1] = (uint8_t)length;
  else if (length < 65536) { out[1] = 126; out[2] = (uint8_t)(length >> 8); out[3] = (uint8_t)length; n = 4; }
  else { out[1] = 127; for (int i = 0; i < 8; i++) out[2 + i] = (uint8_t)(length >> (56 - 8 * i)); n = 10; }
  if (key) { out[1] |= 0x80; memcpy(out + n, key, 4); n += 4; }
  return n;
}

size_t ws_head_end(const uint8_t *p, size_t n);                        // length of an HTTP head with its empty line; 0: not all there
bool ws_header(const uint8_t *p, size_t n, const char *name, char *value, size_t size); // "Name: "
void ws_accept(struct conn *c, const uint8_t *request, size_t n);      // answers 101
void ws_send(struct conn *c, uint8_t opcode, const void *p, size_t n, bool mask); // control frames and rare messages
