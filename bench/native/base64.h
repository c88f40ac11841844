// Base64 as fast as the processor does it: AVX2 where the compiler may use it, a table elsewhere.
// The vector ways are those of W. Muła and D. Lemire, "Faster Base64 Encoding and Decoding using AVX2 Instructions", 2018.
#pragma once
#include <stddef.h>
#include <stdint.h>
#ifdef __AVX2__
#include <immintrin.h>
#endif

static const char base64_alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static inline size_t base64_length(size_t bytes) { return (bytes + 2) / 3 * 4; }

#ifdef __AVX2__
static inline __m256i base64_encode_block(__m256i in) {
  in = _mm256_shuffle_epi8(in, _mm256_set_epi8(10, 11, 9, 10, 7, 8, 6, 7, 4, 5, 3, 4, 1, 2, 0, 1, 14, 15, 13, 14, 11, 12, 10, 11, 8, 9, 7, 8, 5, 6, 4, 5));
  __m256i high = _mm256_mulhi_epu16(_mm256_and_si256(in, _mm256_set1_epi32(0x0fc0fc00)), _mm256_set1_epi32(0x04000040));
  __m256i low = _mm256_mullo_epi16(_mm256_and_si256(in, _mm256_set1_epi32(0x003f03f0)), _mm256_set1_epi32(0x01000010));
  __m256i sixes = _mm256_or_si256(high, low);
  __m256i kind = _mm256_subs_epu8(sixes, _mm256_set1_epi8(51));
  kind = _mm256_or_si256(kind, _mm256_and_si256(_mm256_cmpgt_epi8(_mm256_set1_epi8(26), sixes), _mm256_set1_epi8(13)));
  const __m256i shift = _mm256_setr_epi8('a' - 26, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '+' - 62, '/' - 63, 'A', 0, 0,
                                         'a' - 26, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '+' - 62, '/' - 63, 'A', 0, 0);
  return _mm256_add_epi8(_mm256_shuffle_epi8(shift, kind), sixes);
}

// Characters outside the alphabet are not looked for: both ends are ours.
static inline __m256i base64_decode_block(__m256i in) {
  const __m256i rolls = _mm256_setr_epi8(0, 16, 19, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0, 0, 16, 19, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0);
  __m256i slash = _mm256_cmpeq_epi8(in, _mm256_set1_epi8('/'));
  __m256i nibble = _mm256_and_si256(_mm256_srli_epi32(in, 4), _mm256_set1_epi8(0x0f));
  __m256i sixes = _mm256_add_epi8(in, _mm256_shuffle_epi8(rolls, _mm256_add_epi8(slash, nibble)));
  __m256i pairs = _mm256_maddubs_epi16(sixes, _mm256_set1_epi32(0x01400140));
  __m256i words = _mm256_madd_epi16(pairs, _mm256_set1_epi32(0x00011000));
  words = _mm256_shuffle_epi8(words, _mm256_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1, 2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1));
  return _mm256_permutevar8x32_epi32(words, _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 3, 7));
}
#endif

// Returns the characters written: base64_length(n).
static inline size_t base64_encode(const uint8_t *in, size_t n, uint8_t *out) {
  const uint8_t *start = out;
#ifdef __AVX2__
  // A block reads 4 bytes before its 24 and 4 behind them; the first has nothing before it.
  if (n >= 32) {
    __m256i first = _mm256_set_m128i(_mm_loadu_si128((const __m128i *)(in + 12)), _mm_slli_si128(_mm_loadu_si128((const __m128i *)in), 4));
    _mm256_storeu_si256((__m256i *)out, base64_encode_block(first));
    in += 24; out += 32; n -= 24;
    for (; n >= 28; in += 24, out += 32, n -= 24) _mm256_storeu_si256((__m256i *)out, base64_encode_block(_mm256_loadu_si256((const __m256i *)(in - 4))));
  }
#endif
  for (; n >= 3; in += 3, out += 4, n -= 3) {
    uint32_t v = (uint32_t)in[0] << 16 | (uint32_t)in[1] << 8 | in[2];
    out[0] = base64_alphabet[v >> 18]; out[1] = base64_alphabet[v >> 12 & 63]; out[2] = base64_alphabet[v >> 6 & 63]; out[3] = base64_alphabet[v & 63];
  }
  if (n > 0) {
    uint32_t v = (uint32_t)in[0] << 16 | (n > 1 ? (uint32_t)in[1] << 8 : 0);
    out[0] = base64_alphabet[v >> 18]; out[1] = base64_alphabet[v >> 12 & 63]; out[2] = n > 1 ? base64_alphabet[v >> 6 & 63] : '='; out[3] = '=';
    out += 4;
  }
  return out - start;
}

static inline uint32_t base64_six(uint8_t c) {
  return c >= 'a' ? c - 71u : c >= 'A' ? c - 65u : c >= '0' ? c + 4u : c == '+' ? 62u : 63u;
}

// Returns the bytes written. May write up to 8 bytes more than that.
static inline size_t base64_decode(const uint8_t *in, size_t n, uint8_t *out) {
  const uint8_t *start = out;
  size_t pad = n >= 4 ? (in[n - 1] == '=') + (in[n - 2] == '=') : 0;
#ifdef __AVX2__
  for (; n >= 36; in += 32, out += 24, n -= 32) _mm256_storeu_si256((__m256i *)out, base64_decode_block(_mm256_loadu_si256((const __m256i *)in)));
#endif
  for (; n >= 4; in += 4, out += 3, n -= 4) {
    uint32_t v = base64_six(in[0]) << 18 | base64_six(in[1]) << 12 | base64_six(in[2]) << 6 | base64_six(in[3]);
    out[0] = v >> 16; out[1] = v >> 8; out[2] = v;
  }
  return out - start - pad;
}
