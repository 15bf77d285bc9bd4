// Convolution of 16 examples in lanes, forward. Backward is ConvOperation::backward: coefficients do not depend on the example.
#include <algorithm>

#include "../batch/batch.h"
#include "conv.h"

namespace agon {

namespace {

/// Output positions per piece of work, so that a piece is some tens of microseconds.
int64_t positionGrain(const ConvOperation& op) {
  const int64_t work = op.groupIn() * op.groupOut() * std::max<int64_t>(1, static_cast<int64_t>(op.byOutput.tap.size()) / op.positionsOut);
  return std::max<int64_t>(1, 20000 / work);
}

/// Table entries of one output position in the order of their taps: that of the sums of one example.
void entriesByTap(const Taps& table, int64_t position, std::vector<int32_t>& entries) {
  entries.clear();
  for (int32_t k = table.offsets[position]; k < table.offsets[position + 1]; k++) entries.push_back(k);
  std::sort(entries.begin(), entries.end(), [&](int32_t a, int32_t b) { return table.tap[a] < table.tap[b]; });
}

}  // namespace

void ConvOperation::forwardBatch(Batch& batch) const {
  const float* x = batch.rows(inputs[0]);
  float* y = batch.write(outputs[0]);
  if (batch.dry) return;
  if (batch.wants(inputs[0])) linearize(batch.frame);
  if (isDirect()) return forwardBatchDirect(batch, x, y);
  std::vector<uint8_t> alive(batch.size(inputs[0]));
  eachElement(batch, batch.size(inputs[0]),
              [&](int64_t begin, int64_t end) { batch.kernels.survey(x + begin * batchLanes, end - begin, &alive[begin]); });
  batch.pool().each(groups * positionsOut, positionGrain(*this), [&](int64_t begin, int64_t end) {
    forwardBatchRange(batch, x, y, alive.data(), begin, end);
  });
}

/// Per output position and group: the rows of the alive (tap, input channel), copied next to each other because channels lie a power of two
/// apart in many nets and would share a line of the cache, times rows of weights.
void ConvOperation::forwardBatchRange(const Batch& batch, const float* x, float* y, const uint8_t* alive, int64_t begin, int64_t end) const {
  const int64_t in = groupIn(), out = groupOut(), padded = paddedOut();
  const Buffer panel(taps * in * batchLanes), scratch(out * batchLanes);
  std::vector<int32_t> entries;
  std::vector<Term> terms;
  for (int64_t i = begin; i < end; i++) {
    const int64_t group = i / positionsOut, o = i % positionsOut;
    entriesByTap(byOutput, o, entries);
    terms.clear();
    float* to = panel.data();
    for (const int32_t k : entries) {
      const float* weights = forwardWeights_.data() + (group * taps + byOutput.tap[k]) * in * padded;
      const int64_t first = group * in * positionsIn + byOutput.position[k];
      for (int64_t ci = 0; ci < in; ci++) {
        const int64_t e = first + ci * positionsIn;
        if (!alive[e]) continue;
        std::copy(x + e * batchLanes, x + (e + 1) * batchLanes, to);
        terms.push_back({weights + ci * padded, to});
        to += batchLanes;
      }
    }
    batch.kernels.dense(terms.data(), static_cast<int64_t>(terms.size()), bias.empty() ? nullptr : &bias[group * out],
                        y + (group * out * positionsOut + o) * batchLanes, positionsOut * batchLanes, out, scratch.data());
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
          const float* weights = &backwardWeights_[(byOutput.tap[k] * channelsOut + co) * in];
          for (int64_t ci = 0; ci < in; ci++) terms.push_back({weights + ci, source + (ci * positionsIn + byOutput.position[k]) * batchLanes});
        }
        batch.kernels.rounded(terms.data(), static_cast<int64_t>(terms.size()), bias.empty() ? 0.0f : bias[co],
                              y + (co * positionsOut + o) * batchLanes);
      }
    }
  });
}

}  // namespace agon
