#define _GNU_SOURCE
#include "ws.h"
#include "base64.h"
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

size_t ws_head_end(const uint8_t *p, size_t n) {
  const uint8_t *end = memmem(p, n, "\r\n\r\n", 4);
  return end ? (size_t)(end - p) + 4 : 0;
}

bool ws_header(const uint8_t *p, size_t n, const char *name, char *value, size_t size) {
  size_t length = strlen(name);
  for (const uint8_t *line = p, *end = p + n; line + length < end; line++) {
    if ((line != p && line[-1] != '\n') || strncasecmp((const char *)line, name, length)) continue;
    const uint8_t *from = line + length, *to = from;
    while (to < end && *to != '\r') to++;
    if ((size_t)(to - from) >= size) return false;
    memcpy(value, from, to - from);
    value[to - from] = 0;
    return true;
  }
  return false;
}

void ws_accept(struct conn *c, const uint8_t *request, size_t n) {
  char key[128], text[192], reply[256];
  uint8_t digest[SHA_DIGEST_LENGTH], accept[32] = {0};
  if (!ws_header(request, n, "Sec-WebSocket-Key: ", key, sizeof key)) { conn_close(c); return; }
  int length = snprintf(text, sizeof text, "%s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", key);
  SHA1((const uint8_t *)text, (size_t)length, digest);
  base64_encode(digest, sizeof digest, accept);
  length = snprintf(reply, sizeof reply, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n", accept);
  conn_write(c, reply, (size_t)length);
  c->upgraded = true;
}

void ws_send(struct conn *c, uint8_t opcode, const void *p, size_t n, bool mask) {
  static const uint8_t key[4] = {0x37, 0xfa, 0x21, 0x3d};
  uint8_t *frame = malloc(n + WS_HEAD);
  size_t head = ws_head(frame, opcode, n, mask ? key : NULL);
  memcpy(frame + head, p, n);
  if (mask) ws_mask(frame + head, n, key);
  conn_write(c, frame, head + n);
  free(frame);
}
