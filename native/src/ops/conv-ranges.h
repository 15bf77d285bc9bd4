#pragma once
#include <algorithm>

#include "../kernels/lanes.h"
#include "conv.h"

namespace agon {

/// Positions that take the same stretch of weights while it is near.
constexpr int64_t tilePositions = 8;
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

/// Writes the sum of one output for few examples to all lanes: example l % examples in lane l. The examples' sums lie 16 floats apart.
inline void writeFew(const float* sums, int examples, float* to) {
  for (int l = 0; l < batchLanes; l++) to[l] = sums[l % examples * batchLanes];
}

}  // namespace agon
