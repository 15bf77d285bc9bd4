// Included once per instruction set, with AGON_ISA (a namespace), AGON_WIDTH (floats per register), AGON_ROW_VECTORS (registers per row block),
// AGON_MOST_OUTPUTS (rows per register block at one register per row) and AGON_STRETCH (terms taken together). Includes nothing but <cstdint>: an inline function of the standard
// library compiled here could be picked by the linker for the whole program.
#include <cstdint>

#include "kernels.h"

#if defined(__AVX512F__)
#define AGON_BARRIER(value) "+v"(value)
#elif defined(__SSE2__)
#define AGON_BARRIER(value) "+x"(value)
#else
#define AGON_BARRIER(value) "+m"(value)
#endif

namespace agon {
namespace AGON_ISA {
namespace {

typedef float Vector __attribute__((vector_size(AGON_WIDTH * 4)));
typedef float Unaligned __attribute__((vector_size(AGON_WIDTH * 4), aligned(4), may_alias));
typedef int32_t Ints __attribute__((vector_size(AGON_WIDTH * 4)));

inline Vector load(const float* from) { return *reinterpret_cast<const Vector*>(from); }
inline Vector loadUnaligned(const float* from) { return *reinterpret_cast<const Unaligned*>(from); }
inline void store(float* to, Vector value) { *reinterpret_cast<Vector*>(to) = value; }
inline Vector all(float value) { return value - Vector{}; }

/// The one place where a product and a sum may be rounded together (these files are compiled with -ffp-contract=fast).
inline Vector multiplyAdd(Vector a, Vector b, Vector c) { return a * b + c; }

/// Terms whose rows stay in the first cache while all outputs take them.
constexpr int64_t stretchTerms = AGON_STRETCH;

/// What a register block works on: a stretch of terms, and whether it goes on from what earlier stretches left in `out`.
struct Stretch {
  const Term* terms;
  int64_t count;
  bool goesOn;
};

/// A register block: R outputs x V registers of lanes.
template <int R, int V>
void block(const Stretch& of, const int32_t* at, float* const* out, int lane) {
  const Term* terms = of.terms;
  const int64_t count = of.count;
  Vector sum[R][V] = {};
  if (of.goesOn) {
#pragma GCC unroll 16
    for (int r = 0; r < R; r++)
#pragma GCC unroll 4
      for (int v = 0; v < V; v++) sum[r][v] = load(out[r] + lane + v * AGON_WIDTH);
  }
  for (int64_t t = 0; t < count; t++) {
    const float* row = terms[t].row + lane;
    const float* scalars = terms[t].scalars;
    Vector value[V];
#pragma GCC unroll 4
    for (int v = 0; v < V; v++) value[v] = load(row + v * AGON_WIDTH);
#pragma GCC unroll 16
    for (int r = 0; r < R; r++) {
      const Vector scalar = all(scalars[at[r]]);
#pragma GCC unroll 4
      for (int v = 0; v < V; v++) sum[r][v] = multiplyAdd(scalar, value[v], sum[r][v]);
    }
  }
#pragma GCC unroll 16
  for (int r = 0; r < R; r++)
#pragma GCC unroll 4
    for (int v = 0; v < V; v++) store(out[r] + lane + v * AGON_WIDTH, sum[r][v]);
}

/// Runs block<R, V> for 1 <= outputs <= R.
template <int R, int V>
void blockOf(int64_t outputs, const Stretch& of, const int32_t* at, float* const* out, int lane) {
  if constexpr (R > 1) {
    if (outputs < R) return blockOf<R - 1, V>(outputs, of, at, out, lane);
  }
  block<R, V>(of, at, out, lane);
}

/// How many outputs a block of V registers per row holds in registers.
constexpr int outputsOf(int vectors) {
  return AGON_MOST_OUTPUTS / vectors < 12 ? AGON_MOST_OUTPUTS / vectors : 12;
}

/// Blocks of equal height over all outputs, at one lane offset.
template <int V>
void column(const Stretch& of, const int32_t* at, float* const* out, int64_t outputs, int lane) {
  constexpr int most = outputsOf(V);
  const int64_t blocks = (outputs + most - 1) / most;
  for (int64_t b = 0, from = 0; b < blocks; b++) {
    const int64_t height = (outputs - from + blocks - b - 1) / (blocks - b);
    blockOf<most, V>(height, of, at + from, out + from, lane);
    from += height;
  }
}

template <int V>
void columns(const Stretch& of, const int32_t* at, float* const* out, int64_t outputs, int lane, int lanes) {
  for (; lane + V * AGON_WIDTH <= lanes; lane += V * AGON_WIDTH) column<V>(of, at, out, outputs, lane);
  if constexpr (V > 1) columns<V - 1>(of, at, out, outputs, lane, lanes);
}

void combine(const Term* terms, int64_t count, const int32_t* at, float* const* out, int64_t outputs, int lanes) {
  for (int64_t from = 0; from == 0 || from < count; from += stretchTerms) {
    const int64_t left = count - from;
    const Stretch of = {terms + from, left < stretchTerms ? left : stretchTerms, from > 0};
    columns<AGON_ROW_VECTORS>(of, at, out, outputs, 0, lanes);
  }
}

void add(float* to, const float* from, int lanes) {
  for (int l = 0; l < lanes; l += AGON_WIDTH) store(to + l, load(to + l) + load(from + l));
}

void sum(float* to, const float* a, const float* b, int lanes) {
  for (int l = 0; l < lanes; l += AGON_WIDTH) store(to + l, load(a + l) + load(b + l));
}

void scale(float* to, const float* from, float by, int lanes) {
  for (int l = 0; l < lanes; l += AGON_WIDTH) store(to + l, load(from + l) * by);
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

/// Products are rounded before they are added: the barrier keeps the compiler from contracting them, so that a map is bit for bit
/// sumAxis(multiply(gradient, factor)). Adding 0 makes -0 to 0.
void product(float* map, const float* gradient, float factor, bool accumulate, int lanes) {
  for (int l = 0; l < lanes; l += AGON_WIDTH) {
    Vector value = gradient ? load(gradient + l) + 0.0f : Vector{};
    value = value * factor;
    asm volatile("" : AGON_BARRIER(value));
    store(map + l, accumulate ? load(map + l) + value : value);
  }
}

bool range(const float* values, int lanes, float* largest, float* smallest) {
  Vector high = load(values), low = high, poison = {};
  for (int l = 0; l < lanes; l += AGON_WIDTH) {
    const Vector value = load(values + l);
    const Ints above = value > high, below = value < low;
    high = reinterpret_cast<Vector>((reinterpret_cast<Ints>(value) & above) | (reinterpret_cast<Ints>(high) & ~above));
    low = reinterpret_cast<Vector>((reinterpret_cast<Ints>(value) & below) | (reinterpret_cast<Ints>(low) & ~below));
    poison += value - value;  // 0, or NaN if the value is not finite
  }
  float most = high[0], least = low[0], sick = 0;
  for (int i = 0; i < AGON_WIDTH; i++) {
    most = high[i] > most ? high[i] : most;
    least = low[i] < least ? low[i] : least;
    sick += poison[i];
  }
  *largest = most;
  *smallest = least;
  return sick == 0;
}

}  // namespace

#define AGON_TEXT_OF(name) #name
#define AGON_TEXT(name) AGON_TEXT_OF(name)
extern const Kernels table;
const Kernels table = {AGON_TEXT(AGON_ISA), combine, add, sum, scale, dots, product, range};

}  // namespace AGON_ISA
}  // namespace agon
