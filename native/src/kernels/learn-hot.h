// Included once per instruction set, after hot.h.
#include "learn.h"

namespace agon {
namespace AGON_ISA {
namespace {

/// Registers per row of 16 columns, and those of a row that are summed up together: with 16 registers of 4 floats, half a row.
constexpr int learnVectors = 16 / AGON_WIDTH;
constexpr int learnTogether = AGON_REGISTERS == 16 && AGON_WIDTH == 4 ? 2 : learnVectors;
/// Rows that keep the units of multiplication busy and leave registers for the factors.
constexpr int learnRows = AGON_WIDTH == 16 ? mostSumRows : 6;

inline Vector rectified(Vector value) {
  const Ints negative = value <= Vector{};
  return reinterpret_cast<Vector>(reinterpret_cast<Ints>(value) & ~negative);
}

template <int R>
using LearnSums = Vector[R][learnTogether];

template <int R>
inline void addTerm(LearnSums<R>& sums, const float* a, int64_t aRow, const float* b) {
  Vector row[learnTogether];
#pragma GCC unroll 4
  for (int v = 0; v < learnTogether; v++) row[v] = load(b + v * AGON_WIDTH);
#pragma GCC unroll 12
  for (int r = 0; r < R; r++) {
    const Vector factor = all(a[r * aRow]);
#pragma GCC unroll 4
    for (int v = 0; v < learnTogether; v++) sums[r][v] = multiplyAdd(factor, row[v], sums[r][v]);
  }
}

template <int R>
inline void beginSums(LearnSums<R>& sums, const float* c, int64_t cRow, bool goesOn, const float* bias) {
#pragma GCC unroll 12
  for (int r = 0; r < R; r++) {
#pragma GCC unroll 4
    for (int v = 0; v < learnTogether; v++) {
      if (goesOn) sums[r][v] = loadUnaligned(c + r * cRow + v * AGON_WIDTH);
      else if (bias) sums[r][v] = all(bias[r]);
      else sums[r][v] = Vector{};
    }
  }
}

template <int R>
inline void endSums(const LearnSums<R>& sums, float* c, int64_t cRow, bool rectifies) {
#pragma GCC unroll 12
  for (int r = 0; r < R; r++) {
#pragma GCC unroll 4
    for (int v = 0; v < learnTogether; v++) storeUnaligned(c + r * cRow + v * AGON_WIDTH, rectifies ? rectified(sums[r][v]) : sums[r][v]);
  }
}

/// aRow is 1 where the factors of a term lie side by side.
template <int R, bool beside>
void straightRows(const StraightSum& of) {
  const int64_t aRow = beside ? 1 : of.aRow;
  for (int first = 0; first < learnVectors; first += learnTogether) {
    float* const c = of.c + first * AGON_WIDTH;
    LearnSums<R> sums;
    beginSums<R>(sums, c, of.cRow, of.goesOn, nullptr);
    for (int64_t o = 0; o < of.outer; o++) {
      const float *a = of.a + o * of.aOuter, *b = of.b + o * of.bOuter + first * AGON_WIDTH;
      for (int64_t t = 0; t < of.inner; t++, a += of.aStep, b += of.bStep) addTerm<R>(sums, a, aRow, b);
    }
    endSums<R>(sums, c, of.cRow, false);
  }
}

template <int R>
void listedRows(const ListedSum& of) {
  for (int first = 0; first < learnVectors; first += learnTogether) {
    float* const c = of.c + first * AGON_WIDTH;
    LearnSums<R> sums;
    beginSums<R>(sums, c, of.cRow, of.goesOn, of.bias);
    const float *a = of.a, *b = of.b + first * AGON_WIDTH;
    for (int64_t channel = 0; channel < of.channels; channel++, a += of.aChannel, b += of.bChannel)
      for (int64_t t = 0; t < of.count; t++) addTerm<R>(sums, a + of.tap[t], 1, b + of.row[t]);
    endSums<R>(sums, c, of.cRow, of.rectifies);
  }
}

template <int R, int J>
void productBlock(const LaneProducts& of) {
  Vector sums[R][J];
  const float* b[J];
  const int32_t* index[J];
  for (int j = 0; j < J; j++) {
    b[j] = of.b[j];
    index[j] = of.index[j];
    for (int r = 0; r < R; r++) sums[r][j] = load(of.sums + (r * of.sumRow + j) * 16);
  }
  for (int64_t s = 0; s < of.count; s++) {
    const float* row[J];
#pragma GCC unroll 4
    for (int j = 0; j < J; j++) row[j] = b[j] + index[j][s];
#pragma GCC unroll 4
    for (int v = 0; v < learnVectors; v++) {
      Vector factor[J];
#pragma GCC unroll 4
      for (int j = 0; j < J; j++) factor[j] = load(row[j] + v * AGON_WIDTH);
#pragma GCC unroll 4
      for (int r = 0; r < R; r++) {
        const Vector x = load(of.a + r * of.aRow + s * 16 + v * AGON_WIDTH);
#pragma GCC unroll 4
        for (int j = 0; j < J; j++) sums[r][j] = multiplyAdd(x, factor[j], sums[r][j]);
      }
    }
  }
  for (int r = 0; r < R; r++)
    for (int j = 0; j < J; j++) store(of.sums + (r * of.sumRow + j) * 16, sums[r][j]);
}

/// The same for every number, wherever it stands: full registers only.
void adam(const AdamNumbers& of) {
  const Vector rise1 = all(of.rise1), rise2 = all(of.rise2);
  for (int64_t i = 0; i < of.count; i += AGON_WIDTH) {
    const Vector g = loadUnaligned(of.gradients + i), w = loadUnaligned(of.values + i);
    const Vector m = multiplyAdd(all(of.beta1), loadUnaligned(of.first + i), all(of.own1) * g);
    const Vector v = multiplyAdd(all(of.beta2), loadUnaligned(of.second + i), all(of.own2) * g * g);
    storeUnaligned(of.first + i, m);
    storeUnaligned(of.second + i, v);
    const Vector scaled = v / rise2;
    Vector root;
    for (int l = 0; l < AGON_WIDTH; l++) root[l] = __builtin_sqrtf(scaled[l]);
    storeUnaligned(of.values + i, w - all(of.rate) * (m / (rise1 * (root + all(of.epsilon))) + all(of.decay) * w));
  }
}

template <int R>
void straightOf(const StraightSum& of) {
  if (of.rows == R) return of.aRow == 1 ? straightRows<R, true>(of) : straightRows<R, false>(of);
  if constexpr (R > 1) straightOf<R - 1>(of);
}

template <int R>
void listedOf(const ListedSum& of) {
  if (of.rows == R) return listedRows<R>(of);
  if constexpr (R > 1) listedOf<R - 1>(of);
}

template <int R>
void productsOf(const LaneProducts& of) {
  if (of.rows != R) {
    if constexpr (R > 1) productsOf<R - 1>(of);
    return;
  }
  if (of.columns == 3) return productBlock<R, 3>(of);
  if (of.columns == 2) return productBlock<R, 2>(of);
  productBlock<R, 1>(of);
}

}  // namespace

const LearnKernels learnTable = {AGON_TEXT(AGON_ISA), learnRows, straightOf<learnRows>, listedOf<learnRows>, productsOf<mostProductRows>, adam};

}  // namespace AGON_ISA
}  // namespace agon
