#pragma once
#include <cstdint>

namespace agon {

/// One term of a sum of rows: `row` times one of the scalars.
struct Term {
  const float* scalars;
  const float* row;
};

/// Running extremes of one map element over the labels folded so far.
struct Extremes {
  float best, runnerUp, worst, runnerDown;
  int32_t bestLabel, worstLabel;
};

/// The hot loops, compiled once per instruction set. Rows are 64-byte aligned and `lanes` is a multiple of 16 everywhere.
/// Every lane of a result is one chain acc = a * b + acc in the order of the terms: it does not depend on `lanes` or `count`.
struct Kernels {
  const char* name;
  /// out[i] = sum over terms of scalars[at[i]] * row, for i < outputs.
  void (*combine)(const Term* terms, int64_t count, const int32_t* at, float* const* out, int64_t outputs, int lanes);
  /// to += from
  void (*add)(float* to, const float* from, int lanes);
  /// to = a + b
  void (*sum)(float* to, const float* a, const float* b, int lanes);
  /// to = from * by; may be in place.
  void (*scale)(float* to, const float* from, float by, int lanes);
  /// out[j] = sum over k of a[k] * b[j * stride + k] for j < outputs (at most 4). Unaligned.
  void (*dots)(const float* a, const float* b, int64_t stride, int64_t length, int64_t outputs, float* out);
  /// map = (map +) gradient * factor, both rounded to float32, no fma; an absent gradient (null) is 0.
  void (*product)(float* map, const float* gradient, float factor, bool accumulate, int lanes);
  /// Largest and smallest of `lanes` values; false if one of them is not finite.
  bool (*range)(const float* values, int lanes, float* largest, float* smallest);
};

/// The kernels of this process; see instructionSet() in session.h.
const Kernels& kernels();

namespace baseline {
extern const Kernels table;
}
#ifdef AGON_X86_KERNELS
namespace avx2 {
extern const Kernels table;
}
namespace avx512 {
extern const Kernels table;
}
#endif

}  // namespace agon
