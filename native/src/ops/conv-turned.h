#pragma once
#include "../batch/batch.h"
#include "conv-ranges.h"

namespace agon {

/// An input of a batch with its rows side by side by position, so that a tap reads neighbours: [group][position][channel in group][16]. Rows that are
/// 0 in every lane are not there.
struct ConvOperation::Turned {
  float* rows;
  /// Per row, the lanes that are not 0; then room for lists of them.
  float* tables;
  /// Rows with a lane that is not 0 at some positions, and lanes, pairs and fours of lanes there, of those that are computed.
  struct {
    int64_t rows, ones, pairs, fours;
  } counted;
  /// Where all lanes go together: the rows that are there, [group][position][channels in group at most].
  std::vector<int32_t> item, count;

  uint16_t* alive() const { return reinterpret_cast<uint16_t*>(tables); }
};

/// Table entries of a position in the order of their taps, which is that of the sums of one example.
inline void entriesByTap(const Taps& table, int64_t position, std::vector<int32_t>& entries) {
  entries.clear();
  for (int32_t k = table.offsets[position]; k < table.offsets[position + 1]; k++) entries.push_back(k);
  const auto before = [&](int32_t a, int32_t b) { return table.tap[a] < table.tap[b]; };
  if (!std::is_sorted(entries.begin(), entries.end(), before)) std::sort(entries.begin(), entries.end(), before);
}

}  // namespace agon
