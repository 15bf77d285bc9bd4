#pragma once
#include "kernels.h"

namespace agon {

/// Examples that run together: one register of AVX-512.
constexpr int batchLanes = 16;

/// Term t is row rows + 16 row[t], times the scalar at scalar[t].
struct LaneTerms {
  const float* rows;
  const int32_t *row, *scalar;
  int64_t terms;
};

/// Sums with scalars[i][scalar[t]] for every output i < outputs. They go on from `sums` or begin at 0. Where they end, bias[i] (null: nothing) is
/// added, rounded apart, and they go to to + i * stride, else back to `sums`.
struct LaneSum : LaneTerms {
  const float* const* scalars;
  int64_t outputs;
  float* sums;
  bool begins, ends;
  const float* bias;
  float* to;
  int64_t stride;
  /// 8 or 16: only so many lanes are computed, the others get copies of them.
  int lanes;
};

/// As many terms as keep their rows and scalars in the first cache while all outputs take them.
constexpr int64_t laneTerms = 128;

/// Sums for few examples, whose lanes would be mostly copies: the lanes are 16 outputs, a panel, whose weights lie side by side at
/// panels[i] + scalar[t]. sums: [panel][example][16].
struct FewSum : LaneTerms {
  const float* const* panels;
  int64_t panelCount;
  float* sums;
  bool begins;
  int examples;
};
constexpr int mostFew = 4;

/// Terms of a sum of few lanes that are not 0 there: item i is the row at row + 16 i, its weights lie at panel + weights + 16 i.
struct LaneList {
  const uint8_t* item;
  int64_t count;
  const float* row;
  int64_t weights;
};

/// Sums of `lanes` neighbouring lanes (1, 2 or 4), times 16 outputs in every one of `panelCount` panels, panelStep floats apart. Sum j goes on over lists
/// offsets[j] .. offsets[j+1]-1 from what is in sums: [sum][panel][lane][16].
struct ListedSums {
  const LaneList* lists;
  const int32_t* offsets;
  int64_t count;
  const float* panels;
  int64_t panelStep, panelCount;
  float* sums;
  int lanes;
};

/// A tile of outputs of a convolution by F(4x4, 3x3), of the inputs that it reads, and the places where they are multiplied.
constexpr int tileSize = 4, tileInputs = 6, tilePlaces = tileInputs * tileInputs;

/// Products of rows that lie side by side, as those of transformed tiles at one of their places do: sums [group][output][16 lanes] of the outputs
/// begin .. end-1 over all terms, from rows [group][term][16 lanes]. Weights lie in panels of 16 channels out, panelStep floats apart:
/// [panel][channel in][16]. Outputs are channels out and terms channels in or, `turned`, the other way round. Outputs, and turned terms, come in whole
/// panels of 16.
struct TileSum {
  const float* weights;
  int64_t panelStep, terms, begin, end, groups;
  const float* rows;
  float* sums;
  bool turned;
  /// False: goes on from what is in sums.
  bool begins = true;
};

/// The way back through windows of a plane: the row of position p, begin <= p < end, at to + (p - begin) * toStep, is the sum of the rows of the windows
/// window[offsets[p]] .. that read it, in the lanes where first + p has won. Row w lies at from + w * fromStep, and its winners at winner + 16 w.
struct WonSum {
  const int32_t *offsets, *window;
  int64_t begin, end;
  const float* from;
  int64_t fromStep;
  const int32_t* winner;
  int32_t first;
  float* to;
  int64_t toStep;
};

/// Hot loops over rows of 16 examples, compiled once per instruction set. Rows are 64-byte aligned. Sums are the chains of Kernels::combine,
/// lane by lane, so that an example has the same bits in a batch as alone.
struct LaneKernels {
  const char* name;
  /// out[i] = sum over terms of row * coefficients, where every lane has its own: the row scalars + 16 at[i].
  void (*combine)(const Term* terms, int64_t count, const int32_t* at, float* const* out, int64_t outputs);
  /// Sums with coefficients that all lanes share, stretch by stretch.
  void (*mix)(const LaneSum& of);
  /// For at most mostFew examples.
  void (*mixFew)(const FewSum& of);
  /// For few lanes of any number of examples; of at most listedPanels(lanes) panels.
  void (*mixListed)(const ListedSums& of);
  int (*listedPanels)(int lanes);
  /// to = sum over terms of row * scalars[0], products rounded before they are added, plus bias.
  void (*rounded)(const Term* terms, int64_t count, float bias, float* to);
  /// to += from * by, fused where combine is.
  void (*accumulate)(float* to, const float* from, float by);
  /// to = from * by, lane by lane; may be in place.
  void (*multiply)(float* to, const float* from, const float* by);
  /// to = from in the lanes of `bits`, 0 in the others; may be in place.
  void (*keep)(float* to, const float* from, uint16_t bits);
  /// to += from in the lanes of `bits`.
  void (*addWhere)(float* to, const float* from, uint16_t bits);
  /// y = x where x > 0 or NaN, else 0; may be in place. bits (unless null): the lanes of each row where x > 0.
  void (*rectify)(const float* x, float* y, int64_t rows, uint16_t* bits);
  /// The first largest of the elements at base + source[k], k < count, in every lane: winner is which element it is, value what it holds.
  void (*largest)(const float* x, int64_t base, const int32_t* source, int64_t count, int32_t* winner, float* value);
  void (*sumWon)(const WonSum& of);
  /// alive[i]: the lanes of row i that are not 0.
  void (*survey)(const float* rows, int64_t count, uint16_t* alive);
  /// The rows of a tile of inputs, transformed to rows `step` floats apart, one for each place; see winograd-hot.h.
  void (*tileInput)(const float* const* d, float* to, int64_t step);
  void (*tileSum)(const TileSum& of);
  /// Rows of sums, `step` floats apart, one for each place, to the rows of a tile, null where nothing is wanted; `bias` is added last,
  /// and then `held`, rows or null.
  void (*tileOutput)(const float* m, int64_t step, float bias, const float* const* held, float* const* y);
};

/// Those of the instruction set of `kernels`.
const LaneKernels& laneKernels(const Kernels& kernels);

namespace baseline {
extern const LaneKernels laneTable;
}
#ifdef AGON_X86_KERNELS
namespace avx2 {
extern const LaneKernels laneTable;
}
namespace avx512 {
extern const LaneKernels laneTable;
}
#endif
#ifdef AGON_ARM64_KERNELS
namespace neon {
extern const LaneKernels laneTable;
}
#endif

}  // namespace agon
