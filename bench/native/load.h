// The load: N callers of Exotel and the Gemini they talk to, on one thread and by one clock.
#pragma once
#include "histogram.h"
#include "net.h"

#define FRAME_NS 20000000ull // 20 ms of audio
#define FRAME_BYTES 320      // at 8 kHz
#define MODEL_BYTES 640      // the same at 16 kHz
#define CYCLE 400            // frames of 4 s of speech and 4 s of silence
#define SPEECH 200
#define HISTORY 1024         // frames whose time of sending is known: 20 s
#define MARKS 16
#define MAX_CALLS 20000

enum call_state { CALLING, LIVE, ENDING, ENDED };
enum turn_state { LISTENING, SPEAKING, PLAYED, BROKEN_OFF };

struct mark { char name[48]; uint64_t due; };

struct turn {
  enum turn_state state;
  int number, ticks, parts, sent_parts;
  int interrupt_tick;      // 0: this one is not interrupted
  uint64_t planned, given; // samples at 24 kHz: of the whole turn, sent so far
  uint64_t out;            // samples at 8 kHz that came to the caller
  uint64_t filled_at;      // when a first chunk's worth had been sent
  uint64_t interrupted_at; // 0: it was not
  bool heard, cleared;
};

struct call {
  struct conn caller;
  struct conn *model;
  enum call_state state;
  int index;
  unsigned offset;          // where in the cycle it began
  char stream[40];
  char head[128];
  size_t head_length;
  unsigned sequence;
  uint64_t sent, stamps[HISTORY];
  uint64_t heard;           // bytes of PCM at Gemini
  int silent, spoken;       // messages in a row; speech since the last turn
  bool speaking;            // the last message was speech
  struct turn turn;
  uint64_t play_until;
  struct mark marks[MARKS];
  unsigned mark_first, mark_count;
  uint64_t sent_at_mark, lost_before; // for what is lost within a window
};

// What is counted within a window.
struct figures {
  struct histogram up, down, clear, lag;
  uint64_t frames_sent, frames_heard, turns, interrupted, expected, missing, underruns, violations, late_bytes, missing_clears, misaligned, ended, chunks;
};

extern struct figures figures;
extern struct call *calls[MAX_CALLS];
extern int call_count;

struct call *caller_start(int index, const char *address, const char *path, const char *authorization);
void caller_tick(struct call *c, uint64_t due); // sends its next 20 ms
void caller_stop(struct call *c);
void model_accept(int listener);
void model_start(const char *ca_out);
void model_tick(struct call *c);                // speaks, or breaks off
void traffic_render(void);
const uint8_t *traffic_payload(unsigned cycle); // base64 of a frame of the caller
const struct bytes *traffic_part(unsigned n);   // a whole WebSocket frame with model audio
unsigned traffic_part_samples(unsigned n);
#define PAYLOAD 428                             // 320 bytes in base64
