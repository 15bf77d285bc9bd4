// Included by hot.h, once per instruction set: rows made columns in registers.

namespace agon {
namespace AGON_ISA {
namespace {

/// to[l][i] = from[i][l].
inline __attribute__((always_inline)) void transpose(Vector (&at)[AGON_WIDTH]) {
#if defined(__clang__)
  float turned[AGON_WIDTH][AGON_WIDTH];
  for (int i = 0; i < AGON_WIDTH; i++)
    for (int l = 0; l < AGON_WIDTH; l++) turned[l][i] = at[i][l];
  for (int l = 0; l < AGON_WIDTH; l++) at[l] = loadUnaligned(turned[l]);
#else
  // Of blocks of 2, 4, ... vectors, the quarters off the diagonal change places.
#pragma GCC unroll 4
  for (int step = 1; step < AGON_WIDTH; step *= 2) {
    Ints low, high;
#pragma GCC unroll 16
    for (int l = 0; l < AGON_WIDTH; l++) {
      low[l] = (l & step) == 0 ? l : AGON_WIDTH + l - step;
      high[l] = (l & step) == 0 ? l + step : AGON_WIDTH + l;
    }
#pragma GCC unroll 16
    for (int i = 0; i < AGON_WIDTH; i++) {
      if (i & step) continue;
      const Vector first = at[i], second = at[i + step];
      at[i] = __builtin_shuffle(first, second, low);
      at[i + step] = __builtin_shuffle(first, second, high);
    }
  }
#endif
}

/// Stores the first `count` floats.
template <int count>
inline void storeFirst(float* to, Vector value) {
  __builtin_memcpy(to, &value, count * sizeof(float));
}

void turnSums(const float* sums, int64_t padded, int64_t channels, const float* bias, float* y, int64_t step) {
  constexpr int left = positionsTogether % AGON_WIDTH;
  for (int64_t c = 0; c < channels; c += AGON_WIDTH) {
    const int64_t some = channels - c < AGON_WIDTH ? channels - c : AGON_WIDTH;
    for (int first = 0; first < positionsTogether; first += AGON_WIDTH) {
      Vector at[AGON_WIDTH];
#pragma GCC unroll 16
      for (int r = 0; r < AGON_WIDTH; r++) at[r] = first + r < positionsTogether ? load(sums + (first + r) * padded + c) : Vector{};
      transpose(at);
      alignas(64) float turned[AGON_WIDTH][AGON_WIDTH];
#pragma GCC unroll 16
      for (int l = 0; l < AGON_WIDTH; l++) store(turned[l], at[l]);
      for (int64_t l = 0; l < some; l++) {
        const Vector value = load(turned[l]) + (bias ? bias[c + l] : 0.0f);
        float* const to = y + (c + l) * step + first;
        if (left == 0 || first + AGON_WIDTH <= positionsTogether) storeUnaligned(to, value);
        else storeFirst<left>(to, value);
      }
    }
  }
}

}  // namespace
}  // namespace AGON_ISA
}  // namespace agon
