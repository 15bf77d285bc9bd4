#pragma once
#include <cstdint>

namespace agon {

/// One term of a sum of rows: `row` times one of the scalars.
struct Term {
  const float* scalars;
  const float* row;
};

/// Terms by their indices: scalars[scalar[t]] times the row rows + place[t] * planeLanes.
struct Terms {
  const float *scalars, *rows;
  const int32_t *scalar, *place;
  int64_t count;
};

/// Sums in neighbouring rows: sum i takes scalar at[i] of every term.
struct RowSums {
  const int32_t* at;
  float* rows;
  int64_t count;
};

/// The terms of a sum over taps: entry k of a table is tap[k] at position[k], and brings the elements offsets[b] .. offsets[b+1]-1 of bucket
/// b = position[k] * groups + group with scalars at item + tap[k] * stride + shift. Other taps than firstTap .. lastTap-1 bring nothing.
struct TapTerms {
  const int32_t *tap, *position;
  int64_t count;
  const int32_t *offsets, *item, *row;
  int64_t groups, group;
  int32_t stride, shift, firstTap, lastTap;
};

/// Output positions that the forward pass of a convolution sums up together.
constexpr int positionsTogether = 12;

/// Neighbouring columns of a table that are listed together.
constexpr int columnsTogether = 16;

/// Lists of columnsTogether columns: an entry stays if it is at least 0. List i of the entries that stay begins at i * most, and has count[i] entries: the
/// item of each line, and what stays. Entries beyond are overwritten; no list is longer than most - 1.
struct ColumnLists {
  const int32_t* item;
  int64_t lines, most;
  int32_t *items, *rows, *count;
};

/// Sums in any rows: sum i is row at[i] of `rows` and takes scalar shift[i] of every term.
struct SpreadSums {
  const int32_t *shift, *at;
  float* rows;
  int64_t count;
};

/// Sums of few labels: those of panel p are 16 outputs, o of which takes scalar at[p] + o of every term. sums: [panel][label][16].
struct PanelSums {
  const int32_t* at;
  int64_t count;
  int labels;
  float* sums;
  /// They go on from what is there.
  bool goesOn;
};
/// Labels for which that takes fewer products than a row of all lanes does, and less time.
constexpr int mostFewLabels = 12;

/// A row of labels lies in planes of this many lanes: one cache line each, so that the rows that a plane of a sum takes lie side by side.
constexpr int planeLanes = 16;
/// Planes of a row of labels, at most.
constexpr int mostPlanes = 4;

/// Neighbouring map elements that are made and folded side by side.
constexpr int mapsTogether = 16;

/// What maps are made of: channel c of element i is number at = c * channelStep + i * elementStep; its cotangent is row[at] of the rows, of which row `zero`
/// stands for -1, and is multiplied by factor[at], if there are factors. Channels are added up if `adds`; else there is one.
struct MapRows {
  const float* rows;
  int64_t zero;
  const int32_t* row;
  const float* factor;
  int64_t channels, channelStep, elementStep;
  bool adds;
};

/// The extremes of neighbouring elements over the labels folded so far.
struct ExtremeRows {
  float *best, *runnerUp, *worst, *runnerDown;
  int32_t *bestLabel, *worstLabel;
};

/// Planes of the rows that are read and written: how many, and how many floats lie between two of them.
struct Planes {
  int count;
  int64_t in, out;
  /// Sums go on from what the rows that are written hold.
  bool goesOn = false;
};

/// Elements of a group whose cotangents depend on each other through two shared rows: that of element e = item[i] is factors[3 e] times row rowAt[e]
/// (-1: none) + factors[3 e + 1] times the first shared row + factors[3 e + 2] times the second. In `shared`, the planes of the two rows alternate.
struct GroupSpread {
  const float* factors;
  const int32_t *item, *rowAt;
  const float* shared;
  int64_t count;
};

/// The taps of one input position of a depthwise convolution: tap[k] at output position[k]; rowAt[position * channels + channel] is the row there
/// or -1, weights[tap * channels + channel] its factor. Of tap k, row shift[k] lies at the beginning.
struct DepthwiseSum {
  const int32_t *tap, *position, *shift;
  int32_t count;
  const int32_t* rowAt;
  const float* weights;
  int64_t channels;
};
constexpr int mostDepthwiseTaps = 64;

struct BrickKernels;

/// The hot loops, compiled once per instruction set. Every plane is 64-byte aligned.
/// Every lane of a result is one chain acc = a * b + acc in the order of the terms: it does not depend on the number of planes or terms taken together.
struct Kernels {
  const char* name;
  /// out[i] = sum over terms of scalars[at[i]] * row, for i < outputs, in every plane.
  void (*combine)(const Term* terms, int64_t count, const int32_t* at, float* const* out, int64_t outputs, const Planes& planes);
  /// The same by indices.
  void (*mix)(const Terms& terms, const RowSums& sums, const Planes& planes);
  /// y[c * step + r] = sums[r * padded + c] + bias[c] (null: 0) of positionsTogether positions r; padded: a multiple of planeLanes.
  void (*turnSums)(const float* sums, int64_t padded, int64_t channels, const float* bias, float* y, int64_t step);
  /// Lists the indices of the terms of taps, and returns how many they are. Reads and writes up to planeLanes entries beyond the last ones.
  int64_t (*listTaps)(const TapTerms& of, int32_t* scalar, int32_t* place);
  /// Lists the columns from `row` on of a table of lines so many entries apart.
  void (*listColumns)(const int32_t* row, int64_t step, const ColumnLists& to);
  /// Numbers what is in the mask and in an open column, in column i from first[i] on, and lists it; row: the number, or -1. Has no use for to.rows.
  void (*numberColumns)(const uint8_t* mask, const uint8_t* open, const int32_t* first, int32_t* row, int64_t step, const ColumnLists& to);
  /// Adds to the sums, no two of which are the same row.
  void (*scatter)(const Terms& terms, const SpreadSums& sums, const Planes& planes);
  /// Sums of the first lanes of rows of one plane.
  void (*mixPanels)(const Terms& terms, const PanelSums& sums);
  /// Those sums as rows: output 16 p + o is row 16 p + o, whose other lanes are 0.
  void (*turnPanels)(const PanelSums& sums, float* rows);
  /// to[i] = sum over alive taps of channel channel[i], for i < count, in every plane.
  void (*depthwise)(const DepthwiseSum& sum, const int32_t* channel, int64_t count, const float* from, float* to, const Planes& planes);
  /// The same two with both factors of every product rounded to bfloat16; the sums are float32, and chains as they are above. At most mostPlanes planes.
  void (*mixBf16)(const Terms& terms, const RowSums& sums, const Planes& planes);
  void (*depthwiseBf16)(const DepthwiseSum& sum, const int32_t* channel, int64_t count, const float* from, float* to, const Planes& planes);
  /// to[i] = the cotangent of element i of a group, in every plane.
  void (*spread)(const GroupSpread& of, const float* from, float* to, const Planes& planes);
  /// The next four work on one plane, on rows (or elements) begin .. end-1. to[i] = factor[i] * from[source[i]]; null source: i itself.
  /// In place, rows with factor 0 or 1 are left as they are.
  void (*scale)(float* to, const float* from, const int32_t* source, const float* factor, int64_t begin, int64_t end);
  /// to[i] += from[source[i]], where a negative source is nothing.
  void (*add)(float* to, const float* from, const int32_t* source, int64_t begin, int64_t end);
  /// to[i] = sum over k in offsets[i] .. offsets[i+1]-1 of factor[k] * from[source[k]]
  void (*gather)(float* to, const float* from, const int32_t* offsets, const int32_t* source, const float* factor, int64_t begin, int64_t end);
  /// to[at[e]] = a[inA[e]] + b[inB[e]], where a negative index is nothing; may be in place.
  void (*merge)(float* to, const int32_t* at, const float* a, const int32_t* inA, const float* b, const int32_t* inB, int64_t begin, int64_t end);
  /// out[j] = sum over k of a[k] * b[j * stride + k] for j < outputs (at most 4). Unaligned.
  void (*dots)(const float* a, const float* b, int64_t stride, int64_t length, int64_t outputs, float* out);
  /// map = (map +) gradient * factor, both rounded to float32, no fma; an absent gradient (null) is 0. The planes of a map lie one after the other.
  void (*product)(float* map, const float* gradient, int64_t step, float factor, bool accumulate, int planes);
  /// values[lane * mapsTogether + i] of mapsTogether elements from one plane of rows: products and sums as they are above.
  void (*maps)(const MapRows& of, float* values);
  /// Folds `count` labels of mapsTogether elements in their order, into what `to` holds if it goes on, else into nothing; false, with nothing done, if a value is
  /// not finite.
  bool (*fold)(const float* values, int64_t count, const int32_t* labels, const ExtremeRows& to, bool goesOn);
  /// The same for one element, the labels in lanes; those after the last label, up to a whole plane, hold one of the others.
  bool (*foldLanes)(const float* values, int64_t count, const int32_t* labels, const ExtremeRows& to, bool goesOn);
  /// Multiplies and adds in registers only, and returns how many products that were: what the processor can do at most. out: one plane.
  int64_t (*spin)(int64_t rounds, float* out);
  /// Sums by bricks; null where there are none.
  const BrickKernels* bricks;
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
#ifdef AGON_ARM64_KERNELS
namespace neon {
extern const Kernels table;
}
#endif

}  // namespace agon
