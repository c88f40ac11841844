// Times, counted in classes of 3 %: no sample is kept, none is lost.
#pragma once
#include <stdint.h>

#define HISTOGRAM_CLASSES (64 * 32)

struct histogram { uint64_t count, most, classes[HISTOGRAM_CLASSES]; };

static inline int histogram_class(uint64_t ns) {
  if (ns < 32) return (int)ns;
  int top = 63 - __builtin_clzll(ns);
  return (top - 4) * 32 + (int)(ns >> (top - 5) & 31);
}

static inline void histogram_add(struct histogram *h, int64_t ns) {
  uint64_t v = ns > 0 ? (uint64_t)ns : 0;
  h->count++;
  h->classes[histogram_class(v)]++;
  if (v > h->most) h->most = v;
}

// The upper bound of the class that holds the share, in milliseconds.
static inline double histogram_ms(const struct histogram *h, double share) {
  uint64_t need = (uint64_t)(share * (double)h->count + 0.999999), seen = 0;
  for (int i = 0; i < HISTOGRAM_CLASSES; i++) {
    seen += h->classes[i];
    if (seen < need || !seen) continue;
    uint64_t bound = i < 32 ? (uint64_t)i : (uint64_t)(32 + i % 32 + 1) << (i / 32 - 1);
    return (double)(bound < h->most ? bound : h->most) / 1e6;
  }
  return 0;
}
