#pragma once
#include "kernels.h"

namespace agon {

/// Rows of a sum on any machine, at most.
constexpr int mostSumRows = 12;

/// Sums in rows of 16 columns: c[r] (+)= sum over o < outer and t < inner of a[r aRow + o aOuter + t aStep] times the row b + o bOuter + t bStep, r < rows.
/// Rows of b are 64-byte aligned, those of c need not be.
struct StraightSum {
  const float* a;
  int64_t aRow, aStep, aOuter;
  const float* b;
  int64_t bStep, bOuter;
  int64_t outer, inner;
  float* c;
  int64_t cRow;
  int rows;
  bool goesOn;
};

/// The same over the taps of a position, channel by channel: c[r] (+)= sum over channel < channels and t < count of
/// a[channel aChannel + tap[t] + r] times the row b + channel bChannel + row[t]. Where sums begin, they begin at bias[r] (null: 0).
struct ListedSum {
  const float* a;
  int64_t aChannel;
  const int32_t *tap, *row;
  int64_t count, channels;
  const float* b;
  int64_t bChannel;
  float* c;
  int64_t cRow;
  int rows;
  const float* bias;
  bool goesOn;
  /// What is negative in the end becomes 0.
  bool rectifies;
};

/// Products of rows of 16 lanes, summed lane by lane: sums[r][j] += sum over s < count of a[r][s] times the row b[j] + index[j][s]. A sum takes 16 floats, which together hold it.
struct LaneProducts {
  const float* a;
  int64_t aRow;
  int rows;
  const float* const* b;
  const int32_t* const* index;
  int columns;
  int64_t count;
  float* sums;
  int64_t sumRow;
};
constexpr int mostProductRows = 4, mostProductColumns = 3;

/// One step of Adam over count numbers, a multiple of 16; `rise` are 1 - beta^t, `own` 1 - beta.
struct AdamNumbers {
  float *values, *first, *second;
  const float* gradients;
  int64_t count;
  float rate, beta1, beta2, own1, own2, rise1, rise2, epsilon, decay;
};

/// Hot loops of training, compiled once per instruction set. Every sum is one chain (in LaneProducts: one per lane) in the order of its terms.
struct LearnKernels {
  const char* name;
  /// Most rows of a StraightSum or ListedSum on this one.
  int mostRows;
  void (*straight)(const StraightSum&);
  void (*listed)(const ListedSum&);
  void (*products)(const LaneProducts&);
  void (*adam)(const AdamNumbers&);
};

/// Those of the instruction set of `kernels`.
const LearnKernels& learnKernels(const Kernels& kernels);

namespace baseline {
extern const LearnKernels learnTable;
}
#ifdef AGON_X86_KERNELS
namespace avx2 {
extern const LearnKernels learnTable;
}
namespace avx512 {
extern const LearnKernels learnTable;
}
#endif
#ifdef AGON_ARM64_KERNELS
namespace neon {
extern const LearnKernels learnTable;
}
#endif

}  // namespace agon
