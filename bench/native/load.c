// load --ca-out FILE [--listen 127.0.0.1:PORT] [--ramp CALLS_A_SECOND] [--grid-us MICROSECONDS]: callers of Exotel and the Gemini they talk to; what
// stands between them is measured. Prints "ready https://…" (Gemini's address), then takes commands on standard input and answers each with one line:
//   target HOST:PORT PATH USER:PASSWORD-in-base64|- PID   who is called, and whose processor time counts
//   calls N                                               so many calls from now on; answers when they all talk, or why not
//   churn PER_SECOND SEED                                 from now on so many calls a second hang up, and others begin in their places; 0: none
//   measure SECONDS                                       answers with a line of JSON
//   quit
#define _GNU_SOURCE
#include "load.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MAX_SLOTS 2000
#define MOST_STEPS 4 // slots served before sockets are looked at again
#define GRACE_NS 500000000ull // what was sent before the end of a window may arrive for so long
#define SETTLE_NS 30000000000ull
#define LEAST_CALL 100 // frames: a call of less than 2 s is not hung up

struct usage { uint64_t cpu, own, rss_kib, switches, at; };
struct slot { int *calls, count; };

struct figures figures;
struct call *calls[MAX_CALLS];
int call_count;

static struct slot slots[MAX_SLOTS];
static uint64_t slot_ns = 1000000, slot_count; // the grid on which calls send; each has its own place in the 20 ms
static char address[64], path[160], authorization[128];
static int wanted, target_pid, ramp = 100;
static bool settling;
static uint64_t next_start, settle_deadline;
static uint64_t churn_ns, next_hangup, dice; // 0: calls go on for ever
static enum { IDLE, EARLY, MEASURING, GRACE } window;
static uint64_t window_end, window_length;
static struct figures result;
static struct usage before, after;
static uint64_t lost_frames;

static uint64_t clock_of(clockid_t id) {
  struct timespec t = {0};
  clock_gettime(id, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static uint64_t status_of(int pid, const char *name) {
  char file[64], line[256];
  snprintf(file, sizeof file, "/proc/%d/status", pid);
  FILE *f = fopen(file, "r");
  uint64_t value = 0;
  while (f && fgets(line, sizeof line, f))
    if (!strncmp(line, name, strlen(name))) value = strtoull(line + strlen(name), NULL, 10);
  if (f) fclose(f);
  return value;
}

static struct usage usage_now(void) {
  clockid_t id;
  struct usage u = {.own = clock_of(CLOCK_PROCESS_CPUTIME_ID), .at = net_now()};
  if (target_pid > 0 && !clock_getcpuclockid(target_pid, &id)) u.cpu = clock_of(id);
  u.rss_kib = status_of(target_pid, "VmRSS:");
  return u;
}

// A thousand calls do not fit into the caches: what the next ones touch is fetched while others are served.
static void call_ahead(const struct call *c) {
  if (!c) return;
  __builtin_prefetch(&c->caller);
  __builtin_prefetch(&c->caller.in);
  __builtin_prefetch(&c->state);
  __builtin_prefetch(&c->head);
  __builtin_prefetch(&c->sent);
  __builtin_prefetch(&c->stamps[c->sent % HISTORY], 1);
  __builtin_prefetch(&c->turn);
  __builtin_prefetch(&c->mark_count);
}

static void ahead(const struct conn *c) {
  if (c->ssl) for (int line = 0; line < 4; line++) __builtin_prefetch((const char *)c->ssl + line * 64);
  call_ahead(c->owner);
}

static void slot_ahead(const struct slot *s) {
  for (int i = 0; i < s->count && s->calls[i] < call_count; i++) __builtin_prefetch(calls[s->calls[i]] ? &calls[s->calls[i]]->sent : NULL);
  for (int i = 0; i < s->count && s->calls[i] < call_count; i++) call_ahead(calls[s->calls[i]]);
}

static void tick(uint64_t slot) {
  struct slot *callers = &slots[slot % slot_count], *models = &slots[(slot + slot_count / 2) % slot_count];
  slot_ahead(callers);
  for (int i = 0; i < callers->count && callers->calls[i] < call_count; i++)
    if (calls[callers->calls[i]]) caller_tick(calls[callers->calls[i]], slot * slot_ns);
  for (int i = 0; i < models->count && models->calls[i] < call_count; i++)
    if (calls[models->calls[i]]) model_tick(calls[models->calls[i]]);
}

// The golden section spreads any number of calls evenly.
static struct slot *slot_of(int call) { return &slots[(uint64_t)((double)call * 0.6180339887 * (double)slot_count) % slot_count]; }

static void lay_out(void) {
  for (int i = 0; i < MAX_CALLS; i++) slot_of(i)->count++;
  for (unsigned k = 0; k < slot_count; k++) {
    slots[k].calls = malloc(sizeof(int) * (size_t)slots[k].count);
    slots[k].count = 0;
  }
  for (int i = 0; i < MAX_CALLS; i++) slot_of(i)->calls[slot_of(i)->count++] = i;
}

static void reaped(struct conn *conn) {
  struct call *c = conn->owner;
  if (c && conn == &c->caller) { calls[c->index] = NULL; free(c); }
  else free(conn);
}

static uint64_t lost_until_mark(void) {
  uint64_t lost = 0;
  for (int i = 0; i < call_count; i++) {
    struct call *c = calls[i];
    uint64_t heard = c ? c->heard / MODEL_BYTES : 0;
    if (c && heard < c->sent_at_mark) lost += c->sent_at_mark - heard;
  }
  return lost;
}

static void mark_sent(void) {
  for (int i = 0; i < call_count; i++)
    if (calls[i]) calls[i]->sent_at_mark = calls[i]->sent;
}

static void times(const char *name, const struct histogram *h) {
  printf("\"%s\":{\"count\":%lu,\"p50_ms\":%.3f,\"p95_ms\":%.3f,\"p99_ms\":%.3f,\"max_ms\":%.3f},", name, h->count, histogram_ms(h, 0.5), histogram_ms(h, 0.95), histogram_ms(h, 0.99), (double)h->most / 1e6);
}

static void report(void) {
  uint64_t lost = lost_until_mark();
  const struct figures *f = &result;
  lost = lost > lost_frames ? lost - lost_frames : 0;
  printf("{\"calls\":%d,\"seconds\":%.3f,\"cpu_seconds\":%.6f,\"load_cpu_seconds\":%.6f,\"rss_kib\":%lu,", wanted, (double)(after.at - before.at) / 1e9, (double)(after.cpu - before.cpu) / 1e9, (double)(after.own - before.own) / 1e9, after.rss_kib);
  times("uplink", &f->up);
  times("downlink", &f->down);
  times("clear", &f->clear);
  times("load_lag", &f->lag);
  printf("\"frames_sent\":%lu,\"frames_heard\":%lu,\"frames_lost\":%lu,\"turns\":%lu,\"interrupted\":%lu,\"chunks\":%lu,\"samples_expected\":%lu,\"samples_missing\":%lu,"
         "\"underruns\":%lu,\"chunk_violations\":%lu,\"bytes_after_clear\":%lu,\"missing_clears\":%lu,\"misaligned\":%lu,\"calls_lost\":%lu}\n",
         f->frames_sent, f->frames_heard, lost, f->turns, f->interrupted, f->chunks, f->expected, f->missing, f->underruns, f->violations, f->late_bytes, f->missing_clears, f->misaligned, f->ended);
  fflush(stdout);
}

static void window_step(uint64_t now) {
  if (window == IDLE || now < window_end) return;
  switch (window) {
    case EARLY:
      lost_frames = lost_until_mark();
      window = MEASURING;
      window_end += window_length - GRACE_NS;
      break;
    case MEASURING:
      after = usage_now();
      result = figures;
      mark_sent();
      window = GRACE;
      window_end = now + GRACE_NS;
      break;
    default:
      window = IDLE;
      report();
      break;
  }
}

static void measure(double seconds) {
  mark_sent();
  memset(&figures, 0, sizeof figures);
  before = usage_now();
  window = EARLY;
  window_length = (uint64_t)(seconds * 1e9);
  if (window_length < 2 * GRACE_NS) window_length = 2 * GRACE_NS;
  window_end = before.at + GRACE_NS;
}

static void settle(uint64_t now) {
  int talking = 0, left = 0;
  for (int i = 0; i < call_count; i++) {
    struct call *c = calls[i];
    if (!c) continue;
    left += i >= wanted;
    talking += i < wanted && c->state == LIVE && c->model && c->heard && c->sent * MODEL_BYTES < c->heard + 5 * MODEL_BYTES;
  }
  if ((talking < wanted || left) && now < settle_deadline) return;
  settling = false;
  if (!left && call_count > wanted) call_count = wanted;
  printf("calls %d\n", talking);
  fflush(stdout);
}

static void keep_number(uint64_t now) {
  if (!settling || now < next_start) return;
  next_start = now + 1000000000ull / (uint64_t)ramp;
  for (int i = 0; i < call_count; i++)
    if (i >= wanted && calls[i]) caller_stop(calls[i]);
  int free_place = 0;
  while (free_place < wanted && calls[free_place]) free_place++;
  if (free_place < wanted) {
    calls[free_place] = caller_start(free_place, address, path, authorization);
    if (free_place >= call_count) call_count = free_place + 1;
  } else settle(now);
}

static uint64_t roll(void) { // xorshift: the same calls end in every run with the same seed
  dice ^= dice << 13;
  dice ^= dice >> 7;
  return dice ^= dice << 17;
}

static void hang_up_one(void) {
  for (int tries = 0; tries < 64; tries++) {
    struct call *c = calls[roll() % (uint64_t)wanted];
    if (c && c->state == LIVE && c->model && c->sent >= LEAST_CALL) { caller_stop(c); return; }
  }
}

// Calls come and go, their number stays.
static void churn(uint64_t now) {
  if (!churn_ns || settling || !wanted) return;
  if (now >= next_hangup) {
    next_hangup += churn_ns;
    hang_up_one();
  }
  if (now < next_start) return;
  next_start = now + 1000000000ull / (uint64_t)ramp;
  int place = 0;
  while (place < wanted && calls[place]) place++;
  if (place < wanted) calls[place] = caller_start(place, address, path, authorization);
}

static void command(char *line) {
  char auth[128] = "";
  int n;
  double seconds, rate;
  unsigned long seed;
  if (sscanf(line, "target %63s %159s %127s %d", address, path, auth, &target_pid) == 4) {
    strcpy(authorization, strcmp(auth, "-") ? auth : "");
    puts("target");
  } else if (sscanf(line, "calls %d", &n) == 1 && n >= 0 && n <= MAX_CALLS && (address[0] || !n)) {
    wanted = n;
    settling = true;
    next_start = net_now();
    settle_deadline = next_start + SETTLE_NS + (uint64_t)n * 1000000000ull / (uint64_t)ramp;
  } else if (sscanf(line, "churn %lf %lu", &rate, &seed) == 2 && rate >= 0 && rate <= 1000) {
    churn_ns = rate > 0 ? (uint64_t)(1e9 / rate) : 0;
    next_hangup = net_now() + churn_ns;
    dice = seed | 1ull << 32; // never 0: it would stay there
    puts("churn");
  } else if (sscanf(line, "measure %lf", &seconds) == 1) measure(seconds);
  else if (!strncmp(line, "quit", 4)) exit(0);
  else printf("error: %s\n", line);
  fflush(stdout);
}

static void read_commands(int fd) {
  static char text[1024];
  static size_t length;
  ssize_t n = read(fd, text + length, sizeof text - 1 - length);
  if (n <= 0) exit(0); // who started us is gone
  length += (size_t)n;
  text[length] = 0;
  for (char *end; (end = strchr(text, '\n'));) {
    *end = 0;
    command(text);
    length -= (size_t)(end + 1 - text);
    memmove(text, end + 1, length + 1);
  }
}

// Memory is found through huge pages: the C library asks for them only where the environment says so, before it starts.
static void in_huge_pages(char **words) {
  if (getenv("GLIBC_TUNABLES")) return;
  setenv("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1", 1);
  execv("/proc/self/exe", words);
}

int main(int count, char **words) {
  in_huge_pages(words);
  const char *listen = "127.0.0.1:0", *ca = NULL;
  for (int i = 1; i + 1 < count; i += 2) {
    if (!strcmp(words[i], "--listen")) listen = words[i + 1];
    else if (!strcmp(words[i], "--ca-out")) ca = words[i + 1];
    else if (!strcmp(words[i], "--ramp")) ramp = atoi(words[i + 1]);
    else if (!strcmp(words[i], "--grid-us")) slot_ns = strtoull(words[i + 1], NULL, 10) * 1000;
  }
  slot_count = slot_ns ? FRAME_NS / slot_ns : 0;
  if (!ca || ramp < 1 || slot_count < 2 || slot_count > MAX_SLOTS || slot_count * slot_ns != FRAME_NS) {
    fputs("usage: load --ca-out FILE [--listen 127.0.0.1:PORT] [--ramp CALLS_A_SECOND] [--grid-us 10 to 10000, dividing 20000]\n", stderr);
    return 2;
  }
  int port;
  signal(SIGPIPE, SIG_IGN);
  lay_out();
  traffic_render();
  net_start();
  net_ahead = ahead;
  model_start(ca);
  net_watch(net_listen(listen, &port), model_accept);
  net_watch(0, read_commands);
  printf("ready https://127.0.0.1:%d\n", port);
  fflush(stdout);
  for (uint64_t slot = net_now() / slot_ns;;) {
    uint64_t now = net_now(), steps = 0;
    for (; slot * slot_ns <= now && steps < MOST_STEPS; steps++) tick(slot++);
    keep_number(now);
    churn(now);
    window_step(now);
    while (steps < MOST_STEPS && slot * slot_ns < now + FRAME_NS / 4 && (!slots[slot % slot_count].count || slots[slot % slot_count].calls[0] >= call_count) &&
           slots[(slot + slot_count / 2) % slot_count].calls[0] >= call_count) slot++;
    net_wait(slot * slot_ns > now ? slot * slot_ns : 0);
    conn_reap(reaped);
  }
}
