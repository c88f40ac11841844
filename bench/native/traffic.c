// What is said, rendered once: all calls share it.
#include "base64.h"
#include "load.h"
#include "ws.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define PARTS 32

static uint8_t speech[SPEECH][PAYLOAD + 4], silence[PAYLOAD + 4];
static struct bytes parts[PARTS];
static unsigned samples[PARTS];

// A voice-like hum, never silent for as long as a frame.
static int16_t voice(double t) {
  double level = 0.55 + 0.45 * sin(2 * M_PI * 3.1 * t);
  double pitch = 2 * M_PI * (140 * t + 2.5 * sin(2 * M_PI * 0.7 * t));
  return (int16_t)(6000 * level * (sin(pitch) + 0.6 * sin(2 * pitch + 1) + 0.4 * sin(5 * pitch + 2) + 0.25 * sin(11 * pitch)));
}

static void render_caller(void) {
  int16_t pcm[FRAME_BYTES / 2] = {0};
  base64_encode((uint8_t *)pcm, FRAME_BYTES, silence);
  for (int f = 0; f < SPEECH; f++) {
    for (int i = 0; i < FRAME_BYTES / 2; i++) pcm[i] = voice((f * (FRAME_BYTES / 2) + i) / 8000.0);
    base64_encode((uint8_t *)pcm, FRAME_BYTES, speech[f]);
  }
}

static void render_model(void) {
  static const char head[] = "{\n  \"serverContent\": {\n    \"modelTurn\": {\n      \"parts\": [\n        {\n          \"inlineData\": {\n            \"mimeType\": \"audio/pcm;rate=24000\",\n            \"data\": \"";
  static const char tail[] = "\"\n          }\n        }\n      ]\n    }\n  }\n}\n";
  static int16_t pcm[8192];
  static uint8_t text[32768], header[WS_HEAD];
  for (unsigned n = 0, at = 0; n < PARTS; n++) {
    // The real service's parts are 98 to 191 ms long, and no multiple of 20 ms.
    samples[n] = 24 * (98 + n * 37 % 94) + n % 5;
    for (unsigned i = 0; i < samples[n]; i++) pcm[i] = voice((at + i) / 24000.0);
    at += samples[n];
    size_t length = sizeof head - 1;
    memcpy(text, head, length);
    length += base64_encode((uint8_t *)pcm, samples[n] * 2, text + length);
    memcpy(text + length, tail, sizeof tail - 1);
    length += sizeof tail - 1;
    bytes_add(&parts[n], header, ws_head(header, WS_BINARY, length, NULL));
    bytes_add(&parts[n], text, length);
  }
}

void traffic_render(void) {
  render_caller();
  render_model();
}

const uint8_t *traffic_payload(unsigned cycle) { return cycle % CYCLE < SPEECH ? speech[cycle % CYCLE] : silence; }
const struct bytes *traffic_part(unsigned n) { return &parts[n % PARTS]; }
unsigned traffic_part_samples(unsigned n) { return samples[n % PARTS]; }
