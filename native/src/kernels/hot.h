// Included once per instruction set, with AGON_ISA (a namespace), AGON_WIDTH (floats per register), AGON_REGISTERS (registers there are),
// AGON_LEAST_VECTORS (registers per row of the tallest blocks) and AGON_STRETCH (terms taken together). Includes nothing but <cstdint>: an inline
// function of the standard library compiled here could be picked by the linker for the whole program.
#include <cstdint>

#include "kernels.h"

#if defined(__AVX512F__)
#define AGON_BARRIER(value) "+v"(value)
#elif defined(__SSE2__)
#define AGON_BARRIER(value) "+x"(value)
#elif defined(__aarch64__)
#define AGON_BARRIER(value) "+w"(value)
#else
#define AGON_BARRIER(value) "+m"(value)
#endif

namespace agon {
namespace AGON_ISA {
namespace {

typedef float Vector __attribute__((vector_size(AGON_WIDTH * 4)));
typedef float Unaligned __attribute__((vector_size(AGON_WIDTH * 4), aligned(4), may_alias));
typedef int32_t Ints __attribute__((vector_size(AGON_WIDTH * 4)));
typedef int32_t UnalignedInts __attribute__((vector_size(AGON_WIDTH * 4), aligned(4), may_alias));

inline Vector load(const float* from) { return *reinterpret_cast<const Vector*>(from); }
inline Vector loadUnaligned(const float* from) { return *reinterpret_cast<const Unaligned*>(from); }
inline void store(float* to, Vector value) { *reinterpret_cast<Vector*>(to) = value; }
inline void storeUnaligned(float* to, Vector value) { *reinterpret_cast<Unaligned*>(to) = value; }
inline Vector all(float value) { return value - Vector{}; }

/// Keeps the compiler from contracting what made the value with what reads it.
inline Vector rounded(Vector value) {
  asm volatile("" : AGON_BARRIER(value));
  return value;
}

/// The one place where a product and a sum may be rounded together (these files are compiled with -ffp-contract=fast).
inline Vector multiplyAdd(Vector a, Vector b, Vector c) { return a * b + c; }

}  // namespace
}  // namespace AGON_ISA
}  // namespace agon

#include "blocks.h"
#include "turn-hot.h"
#include "scatter-hot.h"
#include "taps-hot.h"
#include "columns-hot.h"
#include "panels-hot.h"
#include "fold-hot.h"

namespace agon {
namespace AGON_ISA {
namespace {

void combine(const Term* terms, int64_t count, const int32_t* at, float* const* out, int64_t outputs, const Planes& planes) {
  sumUp(TermPointers{terms, 0}, count, at, outputs, planes, OutputPointers{out});
}

void mix(const Terms& terms, const RowSums& sums, const Planes& planes) {
  const TermIndices indices = {terms.scalars, terms.rows, terms.scalar, terms.place};
  sumUp(indices, terms.count, sums.at, sums.count, planes, OutputRows{sums.rows});
}

/// Sums of V registers of lanes from plane register `first` on. Every tap is added, dead ones as zeros: a branch would be mispredicted half of the time.
template <int V>
void depthwiseLanes(const DepthwiseSum& of, const int32_t* channel, int64_t count, const float* from, float* to, const Planes& planes, int first) {
  const int64_t inFirst = placeOf(first, planes.in), toFirst = placeOf(first, planes.out);
  const int32_t* rowAt[mostDepthwiseTaps];
  const float* weights[mostDepthwiseTaps];
  const int taps = of.count;
  const uint32_t zero = static_cast<uint32_t>(planes.in / planeLanes - 1);
  for (int k = 0; k < taps; k++) {
    rowAt[k] = of.rowAt + of.position[k] * of.channels;
    weights[k] = of.weights + of.tap[k] * of.channels;
  }
  for (int64_t i = 0; i < count; i++) {
    const int64_t c = channel[i];
    Vector sum[V] = {};
    for (int k = 0; k < taps; k++) {
      uint32_t row = static_cast<uint32_t>(rowAt[k][c]) - static_cast<uint32_t>(of.shift[k]);
      row = row < zero ? row : zero;
      const float* const at = from + inFirst + static_cast<int64_t>(row) * planeLanes;
      const Vector weight = all(weights[k][c]);
#pragma GCC unroll 16
      for (int v = 0; v < V; v++) sum[v] = multiplyAdd(weight, load(at + placeOf(v, planes.in)), sum[v]);
    }
    float* const out = to + i * planeLanes + toFirst;
#pragma GCC unroll 16
    for (int v = 0; v < V; v++) store(out + placeOf(v, planes.out), sum[v]);
  }
}

/// Registers first .. first + left - 1 of the lanes, V of them at a time while there are so many: what finds a row is done once for all of them.
template <int V>
void depthwiseOf(const DepthwiseSum& of, const int32_t* channel, int64_t count, const float* from, float* to, const Planes& planes, int first, int left) {
  for (; left >= V; first += V, left -= V) depthwiseLanes<V>(of, channel, count, from, to, planes, first);
  if constexpr (V > planeVectors) {
    if (left > 0) depthwiseOf<V - planeVectors>(of, channel, count, from, to, planes, first, left);
  }
}

void depthwise(const DepthwiseSum& of, const int32_t* channel, int64_t count, const float* from, float* to, const Planes& planes) {
  depthwiseOf<vectorsFor(1)>(of, channel, count, from, to, planes, 0, planes.count * planeVectors);
}

void spread(const GroupSpread& of, const float* from, float* to, const Planes& planes) {
  for (int v = 0; v < planes.count * planeVectors; v++) {
    const float* const shared = of.shared + placeOf(v, 2 * planeLanes);
    const Vector first = load(shared), second = load(shared + planeLanes);
    const float* const in = from + placeOf(v, planes.in);
    float* const out = to + placeOf(v, planes.out);
    for (int64_t i = 0; i < of.count; i++) {
      const int32_t e = of.item[i], row = of.rowAt[e];
      const float* const factors = of.factors + int64_t{3} * e;
      Vector sum = {};
      if (row >= 0) sum = multiplyAdd(all(factors[0]), load(in + static_cast<int64_t>(row) * planeLanes), sum);
      sum = multiplyAdd(all(factors[1]), first, sum);
      store(out + i * planeLanes, multiplyAdd(all(factors[2]), second, sum));
    }
  }
}

inline void copy(float* to, const float* from) {
  for (int l = 0; l < planeLanes; l += AGON_WIDTH) store(to + l, load(from + l));
}

void scale(float* to, const float* from, const int32_t* source, const float* factor, int64_t begin, int64_t end) {
  for (int64_t i = begin; i < end; i++) {
    const float by = factor[i];
    const float* row = from + (source ? source[i] : i) * planeLanes;
    if (to == from && (by == 0 || by == 1)) continue;
    for (int l = 0; l < planeLanes; l += AGON_WIDTH) store(to + i * planeLanes + l, load(row + l) * by);
  }
}

void add(float* to, const float* from, const int32_t* source, int64_t begin, int64_t end) {
  for (int64_t i = begin; i < end; i++) {
    if (source[i] < 0) continue;
    float* const out = to + i * planeLanes;
    const float* const row = from + static_cast<int64_t>(source[i]) * planeLanes;
    for (int l = 0; l < planeLanes; l += AGON_WIDTH) store(out + l, load(out + l) + load(row + l));
  }
}

void gather(float* to, const float* from, const int32_t* offsets, const int32_t* source, const float* factor, int64_t begin, int64_t end) {
  for (int64_t i = begin; i < end; i++) {
    Vector sum[planeVectors] = {};
    for (int32_t k = offsets[i]; k < offsets[i + 1]; k++) {
      const Vector by = all(factor[k]);
      const float* row = from + static_cast<int64_t>(source[k]) * planeLanes;
      for (int v = 0; v < planeVectors; v++) sum[v] = multiplyAdd(by, load(row + v * AGON_WIDTH), sum[v]);
    }
    for (int v = 0; v < planeVectors; v++) store(to + i * planeLanes + v * AGON_WIDTH, sum[v]);
  }
}

void merge(float* to, const int32_t* at, const float* a, const int32_t* inA, const float* b, const int32_t* inB, int64_t begin, int64_t end) {
  for (int64_t e = begin; e < end; e++) {
    if (at[e] < 0) continue;
    float* out = to + static_cast<int64_t>(at[e]) * planeLanes;
    const float* first = a + static_cast<int64_t>(inA[e]) * planeLanes;
    const float* second = b + static_cast<int64_t>(inB[e]) * planeLanes;
    if (inA[e] < 0) {
      if (second != out) copy(out, second);
    } else if (inB[e] < 0) {
      if (first != out) copy(out, first);
    } else {
      for (int l = 0; l < planeLanes; l += AGON_WIDTH) store(out + l, load(first + l) + load(second + l));
    }
  }
}

template <int J>
void dotsOf(const float* a, const float* b, int64_t stride, int64_t length, float* out) {
  Vector sum[J][2] = {};
  int64_t k = 0;
  for (; k + 2 * AGON_WIDTH <= length; k += 2 * AGON_WIDTH) {
    const Vector low = loadUnaligned(a + k), high = loadUnaligned(a + k + AGON_WIDTH);
    for (int j = 0; j < J; j++) {
      sum[j][0] = multiplyAdd(low, loadUnaligned(b + j * stride + k), sum[j][0]);
      sum[j][1] = multiplyAdd(high, loadUnaligned(b + j * stride + k + AGON_WIDTH), sum[j][1]);
    }
  }
  for (int j = 0; j < J; j++) {
    const Vector both = sum[j][0] + sum[j][1];
    float total = 0;
    for (int i = 0; i < AGON_WIDTH; i++) total += both[i];
    for (int64_t i = k; i < length; i++) total += a[i] * b[j * stride + i];
    out[j] = total;
  }
}

void dots(const float* a, const float* b, int64_t stride, int64_t length, int64_t outputs, float* out) {
  if (outputs == 4) return dotsOf<4>(a, b, stride, length, out);
  for (int64_t j = 0; j < outputs; j++) dotsOf<1>(a, b + j * stride, 0, length, out + j);
}

/// Products are rounded before they are added, so that a map is bit for bit sumAxis(multiply(gradient, factor)). Adding 0 makes -0 to 0.
void product(float* map, const float* gradient, int64_t step, float factor, bool accumulate, int planes) {
  for (int v = 0; v < planes * planeVectors; v++) {
    const Vector gradients = gradient ? load(gradient + placeOf(v, step)) + 0.0f : Vector{};
    const Vector value = rounded(gradients * factor);
    float* to = map + v * AGON_WIDTH;
    store(to, accumulate ? load(to) + value : value);
  }
}

int64_t spin(int64_t rounds, float* out) {
  constexpr int chains = 12;
  Vector sum[chains], by = all(0.5f), plus = all(0.25f);
  for (int k = 0; k < chains; k++) sum[k] = all(static_cast<float>(k));  // all different, or the compiler would keep one of them
  asm volatile("" : AGON_BARRIER(by), AGON_BARRIER(plus));
  for (int64_t i = 0; i < rounds; i++) {
#pragma GCC unroll 12
    for (int k = 0; k < chains; k++) sum[k] = multiplyAdd(sum[k], by, plus);
  }
  for (int k = 1; k < chains; k++) sum[0] += sum[k];
  store(out, sum[0]);
  return rounds * chains * AGON_WIDTH;
}

}  // namespace
}  // namespace AGON_ISA
}  // namespace agon

#include "bf16.h"

namespace agon {
namespace AGON_ISA {

#define AGON_TEXT_OF(name) #name
#define AGON_TEXT(name) AGON_TEXT_OF(name)
extern const Kernels table;
const Kernels table = {AGON_TEXT(AGON_ISA), combine, mix, turnSums, listTaps, listColumns, numberColumns, scatter, mixPanels, turnPanels, depthwise, mixBf16, depthwiseBf16,
                       spread, scale, add, gather, merge, dots, product, maps, fold, foldLanes, spin, nullptr};

}  // namespace AGON_ISA
}  // namespace agon
