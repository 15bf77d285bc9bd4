#pragma once
#include <algorithm>

#include "../kernels/lanes.h"
#include "conv.h"

namespace agon {

/// Bytes of weights that stay in the second cache while a tile of positions takes them.
constexpr int64_t rangeBytes = 384 << 10;

/// Terms of a sum in a batch: taps fromTap .. toTap-1 and, of them, channels from .. to-1.
struct Range {
  int64_t fromTap, toTap, from, to;
};

/// Cuts taps x channels, in ascending order, into ranges whose weights for `outputs` outputs stay near.
inline std::vector<Range> rangesOf(int64_t taps, int64_t channels, int64_t outputs) {
  std::vector<Range> ranges;
  const int64_t most = std::max(laneTerms, rangeBytes / (static_cast<int64_t>(sizeof(float)) * outputs));
  const int64_t parts = (channels + most - 1) / most, cuts = (taps * channels + most - 1) / most;
  const int64_t tapsEach = parts > 1 ? 1 : (taps + cuts - 1) / cuts;
  for (int64_t tap = 0; tap < taps; tap += tapsEach)
    for (int64_t part = 0; part < parts; part++)
      ranges.push_back({tap, std::min(taps, tap + tapsEach), channels * part / parts, channels * (part + 1) / parts});
  return ranges;
}

/// The part of ascending channels that belongs to a range.
inline std::pair<const int32_t*, const int32_t*> within(const int32_t* begin, const int32_t* end, const Range& range, int64_t channels) {
  return {range.from == 0 ? begin : std::lower_bound(begin, end, static_cast<int32_t>(range.from)),
          range.to == channels ? end : std::lower_bound(begin, end, static_cast<int32_t>(range.to))};
}

/// The terms of one position and range.
struct RangeTerms {
  std::vector<int32_t> row, scalar;
  int64_t count = 0;

  explicit RangeTerms(const std::vector<Range>& ranges) {
    int64_t most = 0;
    for (const Range& range : ranges) most = std::max(most, (range.toTap - range.fromTap) * (range.to - range.from));
    row.resize(most);
    scalar.resize(most);
  }

  /// Adds `more` terms: rows firstRow + rows[i], with scalars at firstScalar + item[i] * width.
  void add(const int32_t* item, const int32_t* rows, int64_t more, int64_t firstRow, int64_t width, int64_t firstScalar) {
    const int32_t base = static_cast<int32_t>(firstRow), from = static_cast<int32_t>(firstScalar), step = static_cast<int32_t>(width);
    int32_t *const toRow = row.data() + count, *const toScalar = scalar.data() + count;
    for (int64_t i = 0; i < more; i++) {
      toRow[i] = base + rows[i];
      toScalar[i] = from + item[i] * step;
    }
    count += more;
  }
};

/// Writes the sum of one output for few examples to all lanes: example l % examples in lane l. The examples' sums lie 16 floats apart.
inline void writeFew(const float* sums, int examples, float* to) {
  for (int l = 0; l < batchLanes; l++) to[l] = sums[l % examples * batchLanes];
}

}  // namespace agon
