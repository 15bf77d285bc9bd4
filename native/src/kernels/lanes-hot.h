// Included after hot.h, once per instruction set: rows of 16 examples, each a Row of 16 / AGON_WIDTH registers.

#include "lanes.h"
#if defined(__AVX2__)
#include <immintrin.h>
#endif

namespace agon {
namespace AGON_ISA {
namespace {

constexpr int laneVectors = batchLanes / AGON_WIDTH;
/// Outputs that a register block holds.
constexpr int laneOutputs = laneVectors == 1 ? 12 : laneVectors == 2 ? 6 : 3;

#define AGON_EACH_VECTOR _Pragma("GCC unroll 4") for (int v = 0; v < laneVectors; v++)
#define AGON_EACH_OUTPUT _Pragma("GCC unroll 16") for (int r = 0; r < R; r++)

/// One block of R outputs over all terms; scalar(term, r) fetches a coefficient as a vector for register v.
template <int R>
void ownBlock(const Term* terms, int64_t count, const int32_t* at, float* const* out) {
  Vector sum[R][laneVectors] = {};
  for (int64_t t = 0; t < count; t++) {
    Vector value[laneVectors];
    AGON_EACH_VECTOR value[v] = load(terms[t].row + v * AGON_WIDTH);
    AGON_EACH_OUTPUT {
      const float* own = terms[t].scalars + static_cast<int64_t>(at[r]) * batchLanes;
      AGON_EACH_VECTOR sum[r][v] = multiplyAdd(load(own + v * AGON_WIDTH), value[v], sum[r][v]);
    }
  }
  AGON_EACH_OUTPUT AGON_EACH_VECTOR store(out[r] + v * AGON_WIDTH, sum[r][v]);
}

template <int R>
void ownBlockOf(int64_t outputs, const Term* terms, int64_t count, const int32_t* at, float* const* out) {
  if constexpr (R > 1) {
    if (outputs < R) return ownBlockOf<R - 1>(outputs, terms, count, at, out);
  }
  ownBlock<R>(terms, count, at, out);
}

void combineOwn(const Term* terms, int64_t count, const int32_t* at, float* const* out, int64_t outputs) {
  for (int64_t from = 0; from < outputs; from += laneOutputs)
    ownBlockOf<laneOutputs>(outputs - from, terms, count, at + from, out + from);
}

typedef float Lanes8 __attribute__((vector_size(AGON_WIDTH < 8 ? 16 : 32)));

#define AGON_EACH_PART _Pragma("GCC unroll 4") for (int v = 0; v < N; v++)

/// R outputs over a stretch of terms, N registers V of each row. Not inlined: amid other code the compiler would keep the pointers in memory.
template <class V, int N, int R>
__attribute__((noinline)) void mixBlock(const LaneSum& of, int64_t first) {
  constexpr int width = sizeof(V) / sizeof(float), lanes = N * width;
  V sum[R][N] = {};
  float* const sums = of.sums + first * batchLanes;
  if (!of.begins) AGON_EACH_OUTPUT AGON_EACH_PART sum[r][v] = *reinterpret_cast<const V*>(sums + r * batchLanes + v * width);
  const float* scalars[R];
  AGON_EACH_OUTPUT scalars[r] = of.scalars[first + r];
  const LaneTerms terms = of;
  for (int64_t t = 0; t < terms.terms; t++) {
    const float* row = terms.rows + static_cast<int64_t>(terms.row[t]) * batchLanes;
    const int64_t at = terms.scalar[t];
    V value[N];
    AGON_EACH_PART value[v] = *reinterpret_cast<const V*>(row + v * width);
    AGON_EACH_OUTPUT {
      const float scalar = scalars[r][at];
      AGON_EACH_PART sum[r][v] = scalar * value[v] + sum[r][v];
    }
  }
  float* to = sums;
  int64_t stride = batchLanes;
  if (of.ends) {
    if (of.bias) AGON_EACH_OUTPUT AGON_EACH_PART sum[r][v] = sum[r][v] + of.bias[first + r];
    to = of.to + first * of.stride;
    stride = of.stride;
  }
  for (int copy = 0; copy < batchLanes; copy += lanes)
    AGON_EACH_OUTPUT AGON_EACH_PART *reinterpret_cast<V*>(to + r * stride + copy + v * width) = sum[r][v];
}

template <class V, int N, int R>
void mixBlockOf(int64_t outputs, const LaneSum& of, int64_t first) {
  if constexpr (R > 1) {
    if (outputs < R) return mixBlockOf<V, N, R - 1>(outputs, of, first);
  }
  mixBlock<V, N, R>(of, first);
}

/// Blocks of equal height, because a low one is bound by the latency of its sums.
template <class V, int N>
void mixBlocks(const LaneSum& of) {
  constexpr int most = N == 1 ? 8 : N == 2 ? 6 : 3;  // their sums and the pointers to their scalars stay in registers
  const int64_t blocks = (of.outputs + most - 1) / most;
  for (int64_t b = 0, first = 0; b < blocks; b++) {
    const int64_t height = (of.outputs - first + blocks - b - 1) / (blocks - b);
    mixBlockOf<V, N, most>(height, of, first);
    first += height;
  }
}

void mix(const LaneSum& all) {
  LaneSum of = all;
  do {
    const int64_t left = all.terms - (of.row - all.row);
    of.terms = left < laneTerms ? left : laneTerms;
    of.ends = all.ends && of.row + of.terms == all.row + all.terms;
    if (of.lanes == 8) mixBlocks<Lanes8, 8 * sizeof(float) / sizeof(Lanes8)>(of);
    else mixBlocks<Vector, laneVectors>(of);
    of.begins = false;
    of.row += of.terms;
    of.scalar += of.terms;
  } while (of.row < all.row + all.terms);
}

#define AGON_EACH_PANEL _Pragma("GCC unroll 8") for (int p = 0; p < P; p++)
#define AGON_EACH_EXAMPLE _Pragma("GCC unroll 4") for (int e = 0; e < E; e++)

/// E examples times P panels over all terms.
template <int E, int P>
__attribute__((noinline)) void fewBlock(const FewSum& of, int64_t first) {
  Vector sum[P][E][laneVectors] = {};
  float* const sums = of.sums + first * E * batchLanes;
  if (!of.begins) AGON_EACH_PANEL AGON_EACH_EXAMPLE AGON_EACH_VECTOR sum[p][e][v] = load(sums + (p * E + e) * batchLanes + v * AGON_WIDTH);
  const float* panels[P];
  AGON_EACH_PANEL panels[p] = of.panels[first + p];
  const LaneTerms terms = of;
  for (int64_t t = 0; t < terms.terms; t++) {
    const float* row = terms.rows + static_cast<int64_t>(terms.row[t]) * batchLanes;
    const int64_t at = terms.scalar[t];
    Vector value[E];
    AGON_EACH_EXAMPLE value[e] = all(row[e]);
    AGON_EACH_PANEL AGON_EACH_VECTOR {
      const Vector weight = load(panels[p] + at + v * AGON_WIDTH);
      AGON_EACH_EXAMPLE sum[p][e][v] = multiplyAdd(weight, value[e], sum[p][e][v]);
    }
  }
  AGON_EACH_PANEL AGON_EACH_EXAMPLE AGON_EACH_VECTOR store(sums + (p * E + e) * batchLanes + v * AGON_WIDTH, sum[p][e][v]);
}

template <int E, int P>
void fewBlocks(const FewSum& of, int64_t first) {
  for (; first + P <= of.panelCount; first += P) fewBlock<E, P>(of, first);
  if constexpr (P > 1) {
    if (first < of.panelCount) fewBlocks<E, P - 1>(of, first);
  }
}

/// Panels whose sums stay in registers beside a weight and a value of every example.
template <int E>
void fewOf(const FewSum& of) {
  constexpr int fits = (AGON_REGISTERS - 1 - E) / (E * laneVectors), most = fits < 1 ? 1 : fits < 6 ? fits : 6;
  fewBlocks<E, most>(of, 0);
}

void mixFew(const FewSum& of) {
  if (of.examples == 1) return fewOf<1>(of);
  if (of.examples == 2) return fewOf<2>(of);
  if (of.examples == 3) return fewOf<3>(of);
  fewOf<4>(of);
}

void rounded(const Term* terms, int64_t count, float bias, float* to) {
  Vector sum[laneVectors] = {};
  for (int64_t t = 0; t < count; t++) {
    AGON_EACH_VECTOR {
      Vector product = load(terms[t].row + v * AGON_WIDTH) * terms[t].scalars[0];
      asm volatile("" : AGON_BARRIER(product));
      sum[v] += product;
    }
  }
  AGON_EACH_VECTOR store(to + v * AGON_WIDTH, sum[v] + bias);
}

void accumulate(float* to, const float* from, float by) {
  AGON_EACH_VECTOR store(to + v * AGON_WIDTH, multiplyAdd(load(from + v * AGON_WIDTH), all(by), load(to + v * AGON_WIDTH)));
}

void multiply(float* to, const float* from, const float* by) {
  AGON_EACH_VECTOR store(to + v * AGON_WIDTH, load(from + v * AGON_WIDTH) * load(by + v * AGON_WIDTH));
}

/// All ones in the lanes of `bits` that belong to register v.
inline Ints chosen(uint16_t bits, int v) {
  Ints lane;
  for (int i = 0; i < AGON_WIDTH; i++) lane[i] = 1 << i;
  return (lane & (static_cast<int32_t>(bits) >> v * AGON_WIDTH)) != 0;
}

inline Vector select(Vector value, Ints where) { return reinterpret_cast<Vector>(reinterpret_cast<Ints>(value) & where); }

void keep(float* to, const float* from, uint16_t bits) {
#if defined(__AVX512F__)
  _mm512_store_ps(to, _mm512_maskz_loadu_ps(bits, from));
#else
  AGON_EACH_VECTOR store(to + v * AGON_WIDTH, select(load(from + v * AGON_WIDTH), chosen(bits, v)));
#endif
}

void addWhere(float* to, const float* from, uint16_t bits) {
  AGON_EACH_VECTOR store(to + v * AGON_WIDTH, load(to + v * AGON_WIDTH) + select(load(from + v * AGON_WIDTH), chosen(bits, v)));
}

/// One bit per lane of register v, at its place among the 16.
inline uint32_t bitsOf(Ints where, int v) {
#if defined(__AVX2__) && !defined(__AVX512F__)
  return static_cast<uint32_t>(_mm256_movemask_ps(reinterpret_cast<__m256>(where))) << v * AGON_WIDTH;
#else
  uint32_t bits = 0;
  for (int i = 0; i < AGON_WIDTH; i++) bits |= static_cast<uint32_t>(where[i] & 1) << (v * AGON_WIDTH + i);
  return bits;
#endif
}

void rectify(const float* x, float* y, int64_t rows, uint16_t* bits) {
  for (int64_t i = 0; i < rows; i++) {
    uint32_t above = 0;
    AGON_EACH_VECTOR {
      const Vector value = load(x + i * batchLanes + v * AGON_WIDTH);
      const Ints isAbove = value > 0.0f;
#if defined(__AVX512F__)
      if (bits) above = _mm512_cmp_ps_mask(reinterpret_cast<__m512>(value), _mm512_setzero_ps(), _CMP_GT_OQ);
#else
      if (bits) above |= bitsOf(isAbove, v);
#endif
      store(y + i * batchLanes + v * AGON_WIDTH, select(value, isAbove | (value != value)));
    }
    if (bits) bits[i] = static_cast<uint16_t>(above);
  }
}

void largest(const float* x, int64_t base, const int32_t* source, int64_t count, int32_t* winner, float* value) {
  Vector most[laneVectors];
  Ints which[laneVectors];
  AGON_EACH_VECTOR {
    most[v] = load(x + (base + source[0]) * batchLanes + v * AGON_WIDTH);
    which[v] = Ints{} + static_cast<int32_t>(base + source[0]);
  }
  for (int64_t k = 1; k < count; k++) {
    const int32_t at = static_cast<int32_t>(base + source[k]);
    AGON_EACH_VECTOR {
      const Vector here = load(x + int64_t{at} * batchLanes + v * AGON_WIDTH);
      const Ints isAbove = here > most[v];
      most[v] = reinterpret_cast<Vector>((reinterpret_cast<Ints>(here) & isAbove) | (reinterpret_cast<Ints>(most[v]) & ~isAbove));
      which[v] = (at & isAbove) | (which[v] & ~isAbove);
    }
  }
  AGON_EACH_VECTOR {
    store(value + v * AGON_WIDTH, most[v]);
    *reinterpret_cast<Ints*>(winner + v * AGON_WIDTH) = which[v];
  }
}

void sumWon(const WonSum& of) {
  float* to = of.to;
  for (int64_t p = of.begin; p < of.end; p++, to += of.toStep) {
    Vector sum[laneVectors] = {};
    const int32_t which = of.first + static_cast<int32_t>(p);
    for (int32_t k = of.offsets[p]; k < of.offsets[p + 1]; k++) {
      const float* const from = of.from + of.window[k] * of.fromStep;
      const int32_t* const winner = of.winner + static_cast<int64_t>(of.window[k]) * batchLanes;
      AGON_EACH_VECTOR {
        Ints won;
        __builtin_memcpy(&won, winner + v * AGON_WIDTH, sizeof won);  // they need not be aligned
        sum[v] += reinterpret_cast<Vector>(reinterpret_cast<Ints>(load(from + v * AGON_WIDTH)) & (won == which));
      }
    }
    AGON_EACH_VECTOR store(to + v * AGON_WIDTH, sum[v]);
  }
}

void survey(const float* rows, int64_t count, uint16_t* alive) {
  for (int64_t i = 0; i < count; i++) {
    uint32_t bits = 0;
#if defined(__AVX512F__)
    bits = _mm512_cmp_ps_mask(_mm512_load_ps(rows + i * batchLanes), _mm512_setzero_ps(), _CMP_NEQ_UQ);
#else
    AGON_EACH_VECTOR bits |= bitsOf(load(rows + i * batchLanes + v * AGON_WIDTH) != 0.0f, v);
#endif
    alive[i] = static_cast<uint16_t>(bits);
  }
}

#include "listed-hot.h"
#include "winograd-hot.h"

#undef AGON_EACH_PART
#undef AGON_EACH_PANEL
#undef AGON_EACH_EXAMPLE
#undef AGON_EACH_VECTOR
#undef AGON_EACH_OUTPUT

}  // namespace

extern const LaneKernels laneTable;
const LaneKernels laneTable = {AGON_TEXT(AGON_ISA), combineOwn, mix, mixFew, mixListed, listedPanels, rounded, accumulate, multiply, keep, addWhere, rectify,
                                 largest, sumWon, survey, tileInput, tileSum, tileOutput};

}  // namespace AGON_ISA
}  // namespace agon
