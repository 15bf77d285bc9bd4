// Convolution of 16 examples in lanes, forward. Backward is ConvOperation::backward: coefficients do not depend on the example.
#include <algorithm>

#include "../batch/batch.h"
#include "conv.h"

namespace agon {

namespace {

/// Output positions that take the same stretch of weights while it is near; as many terms to a stretch as keep their rows in the first cache.
constexpr int64_t tilePositions = 8, stretchTerms = 128;

/// Table entries of a position in the order of their taps, which is that of the sums of one example.
void entriesByTap(const Taps& table, int64_t position, std::vector<int32_t>& entries) {
  entries.clear();
  for (int32_t k = table.offsets[position]; k < table.offsets[position + 1]; k++) entries.push_back(k);
  std::sort(entries.begin(), entries.end(), [&](int32_t a, int32_t b) { return table.tap[a] < table.tap[b]; });
}

/// The terms of an output position in order: taps fromTap .. toTap-1 and, of them, channels from .. to-1.
struct Range {
  int64_t fromTap, toTap, from, to;
};

/// Cuts taps x channels into ranges of about stretchTerms.
std::vector<Range> rangesOf(int64_t taps, int64_t channels) {
  std::vector<Range> ranges;
  const int64_t tapsEach = std::max<int64_t>(1, stretchTerms / channels);
  for (int64_t tap = 0; tap < taps; tap += tapsEach)
    for (int64_t from = 0; from < channels; from += stretchTerms)
      ranges.push_back({tap, std::min(taps, tap + tapsEach), from, std::min(channels, from + stretchTerms)});
  return ranges;
}

}  // namespace

/// A tap that a position has twice is more than a stretch holds.
bool ConvOperation::canBatch() const {
  std::vector<int64_t> seenAt(taps, -1);
  for (int64_t o = 0; o < positionsOut; o++) {
    for (int32_t k = byOutput.offsets[o]; k < byOutput.offsets[o + 1]; k++) {
      if (seenAt[byOutput.tap[k]] == o) return false;
      seenAt[byOutput.tap[k]] = o;
    }
  }
  return true;
}

void ConvOperation::forwardBatch(Batch& batch) const {
  const float* x = batch.rows(inputs[0]);
  float* y = batch.write(outputs[0]);
  if (batch.dry) return;
  if (batch.wants(inputs[0])) linearize(batch.frame);
  if (isDirect()) return forwardBatchDirect(batch, x, y);
  std::vector<uint8_t> alive(batch.size(inputs[0]));
  eachElement(batch, batch.size(inputs[0]),
              [&](int64_t begin, int64_t end) { batch.kernels.survey(x + begin * batchLanes, end - begin, &alive[begin]); });
  const int64_t tiles = (positionsOut + tilePositions - 1) / tilePositions;
  batch.pool().each(groups * tiles, 1, [&](int64_t begin, int64_t end) {
    const Buffer panel(stretchTerms * batchLanes), sums(tilePositions * groupOut() * batchLanes);
    for (int64_t i = begin; i < end; i++)
      forwardBatchTile(batch, x, y, alive.data(), i / tiles, i % tiles * tilePositions, panel.data(), sums.data());
  });
}

/// Per output position and group: the rows of the alive (tap, input channel), copied next to each other because channels lie a power of two
/// apart in many nets and would share a line of the cache, times rows of weights.
void ConvOperation::forwardBatchTile(const Batch& batch, const float* x, float* y, const uint8_t* alive, int64_t group, int64_t first,
                                     float* panel, float* sums) const {
  const int64_t in = groupIn(), out = groupOut(), padded = paddedOut(), count = std::min(tilePositions, positionsOut - first);
  std::vector<int32_t> entries[tilePositions];
  size_t next[tilePositions] = {};
  for (int64_t p = 0; p < count; p++) entriesByTap(byOutput, first + p, entries[p]);
  const std::vector<Range> ranges = rangesOf(taps, in);
  std::vector<Term> terms;
  for (const Range& range : ranges) {
    const bool begins = &range == &ranges.front(), ends = &range == &ranges.back();
    for (int64_t p = 0; p < count; p++) {
      terms.clear();
      float* to = panel;
      size_t at = next[p];
      for (; at < entries[p].size() && byOutput.tap[entries[p][at]] < range.toTap; at++) {
        const int32_t k = entries[p][at];
        const float* weights = forwardWeights_.data() + (group * taps + byOutput.tap[k]) * in * padded;
        for (int64_t ci = range.from; ci < range.to; ci++) {
          const int64_t e = (group * in + ci) * positionsIn + byOutput.position[k];
          if (!alive[e]) continue;
          std::copy(x + e * batchLanes, x + (e + 1) * batchLanes, to);
          terms.push_back({weights + ci * padded, to});
          to += batchLanes;
        }
      }
      if (range.to == in) next[p] = at;
      if (terms.empty() && !begins && !ends) continue;
      batch.kernels.dense(terms.data(), static_cast<int64_t>(terms.size()),
                          {sums + p * out * batchLanes, begins, ends, bias.empty() ? nullptr : &bias[group * out],
                           y + (group * out * positionsOut + first + p) * batchLanes, positionsOut * batchLanes, out});
    }
  }
}

/// Few channels per group: products are rounded before they are added, in the order of the table, as for one example.
void ConvOperation::forwardBatchDirect(Batch& batch, const float* x, float* y) const {
  const int64_t in = groupIn();
  batch.pool().each(channelsOut, 1, [&](int64_t begin, int64_t end) {
    std::vector<Term> terms;
    for (int64_t co = begin; co < end; co++) {
      const float* source = x + co / groupOut() * in * positionsIn * batchLanes;
      for (int64_t o = 0; o < positionsOut; o++) {
        terms.clear();
        for (int32_t k = byOutput.offsets[o]; k < byOutput.offsets[o + 1]; k++) {
          const float* weights = &backwardWeights_[termOf(co, byOutput.tap[k])];
          for (int64_t ci = 0; ci < in; ci++) terms.push_back({weights + scalarOf(ci), source + (ci * positionsIn + byOutput.position[k]) * batchLanes});
        }
        batch.kernels.rounded(terms.data(), static_cast<int64_t>(terms.size()), bias.empty() ? 0.0f : bias[co],
                              y + (co * positionsOut + o) * batchLanes);
      }
    }
  });
}

}  // namespace agon
