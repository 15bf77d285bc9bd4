// Convolution of up to 16 examples in lanes, forward.
#include <algorithm>
#include <limits>

#include "../batch/batch.h"
#include "conv-ranges.h"

namespace agon {

namespace {

/// Input positions that are turned together.
constexpr int64_t turnedPositions = 16;

/// Table entries of a position in the order of their taps, which is that of the sums of one example.
void entriesByTap(const Taps& table, int64_t position, std::vector<int32_t>& entries) {
  entries.clear();
  for (int32_t k = table.offsets[position]; k < table.offsets[position + 1]; k++) entries.push_back(k);
  const auto before = [&](int32_t a, int32_t b) { return table.tap[a] < table.tap[b]; };
  if (!std::is_sorted(entries.begin(), entries.end(), before)) std::sort(entries.begin(), entries.end(), before);
}

}  // namespace

bool ConvOperation::canBatch() const { return taps * groupIn() * planeLanes <= std::numeric_limits<int32_t>::max(); }

/// Rows of an input side by side by position, so that a tap reads neighbours, and the channels of each position that are not 0 in every lane.
struct ConvOperation::Turned {
  float* rows;                       // [group][position][channel in group][16]
  std::vector<int32_t> item, count;  // item: [group][position][channels in group at most]
};

void ConvOperation::forwardBatch(Batch& batch) const {
  const float* x = batch.rows(inputs[0]);
  float* y = batch.write(outputs[0]);
  const BlockPtr rows = isDirect() ? nullptr : batch.scratch(batch.size(inputs[0]) * batchLanes);
  if (batch.dry) return;
  if (batch.wants(inputs[0])) linearize(batch.frame);
  if (isDirect()) return forwardBatchDirect(batch, x, y);
  Turned turned{rows->data(), std::vector<int32_t>(channelsIn * positionsIn), std::vector<int32_t>(groups * positionsIn)};
  turnLanes(batch, x, turned);
  const int64_t tiles = (positionsOut + tilePositions - 1) / tilePositions;
  batch.pool().each(groups * tiles, 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) {
      const int64_t first = i % tiles * tilePositions;
      forwardBatchTile(batch, turned, y, i / tiles, first, std::min(tilePositions, positionsOut - first));
    }
  });
}

void ConvOperation::turnLanes(const Batch& batch, const float* x, Turned& turned) const {
  const int64_t in = groupIn();
  batch.pool().each((positionsIn + turnedPositions - 1) / turnedPositions, std::max<int64_t>(1, 256 / channelsIn), [&](int64_t begin, int64_t end) {
    uint8_t alive[turnedPositions];
    for (int64_t from = begin * turnedPositions; from < std::min(positionsIn, end * turnedPositions); from += turnedPositions) {
      const int64_t count = std::min(turnedPositions, positionsIn - from);
      for (int64_t c = 0; c < channelsIn; c++) {
        const float* const row = x + (c * positionsIn + from) * batchLanes;
        const int64_t first = c / in * positionsIn + from;
        batch.kernels.survey(row, count, alive);
        for (int64_t p = 0; p < count; p++) {
          if (c % in == 0) turned.count[first + p] = 0;
          if (!alive[p]) continue;
          std::copy(row + p * batchLanes, row + (p + 1) * batchLanes, turned.rows + ((first + p) * in + c % in) * batchLanes);
          turned.item[(first + p) * in + turned.count[first + p]++] = static_cast<int32_t>(c % in);
        }
      }
    }
  });
}

/// Per output position and group: the alive (tap, input channel), stretch by stretch.
void ConvOperation::forwardBatchTile(const Batch& batch, const Turned& turned, float* y, int64_t group, int64_t first, int64_t count) const {
  const int64_t in = groupIn(), out = groupOut();
  const int examples = batch.frame.distinct;
  const bool isFew = examples <= mostFew;
  const Buffer sums(tilePositions * paddedOut() * batchLanes);
  std::vector<const float*> scalars(out);
  for (int64_t co = 0; co < out; co++) scalars[co] = forwardScalars(group, co);
  std::vector<const float*> panels;
  for (int64_t co = 0; co < out; co += planeLanes) panels.push_back(scalars[co]);
  const std::vector<float> none(out, 0.0f);
  const float* const plus = bias.empty() ? none.data() : &bias[group * out];
  std::vector<int32_t> entries[tilePositions];
  size_t next[tilePositions] = {};
  for (int64_t p = 0; p < count; p++) entriesByTap(byOutput, first + p, entries[p]);
  const std::vector<Range> ranges = rangesOf(taps, in, out);
  TermList terms;
  for (const Range& range : ranges) {
    const bool begins = &range == &ranges.front(), ends = &range == &ranges.back();
    for (int64_t p = 0; p < count; p++) {
      terms.clear();
      size_t at = next[p];
      for (; at < entries[p].size() && byOutput.tap[entries[p][at]] < range.toTap; at++) {
        const int64_t tap = byOutput.tap[entries[p][at]], place = group * positionsIn + byOutput.position[entries[p][at]];
        const int32_t* const item = &turned.item[place * in];
        const auto [from, to] = within(item, item + turned.count[place], range.from, range.to);
        terms.add(from, from, to - from, batchLanes, tap * in * batchLanes, place * in);
      }
      if (range.to == in) next[p] = at;
      if (terms.count() == 0 && !begins && !ends) continue;
      float* const to = y + (group * out * positionsOut + first + p) * batchLanes;
      if (isFew) {
        float* const few = sums.data() + p * paddedOut() * examples;
        batch.kernels.mixFew({turned.rows, terms.place(), terms.scalar(), terms.count(), panels.data(), static_cast<int64_t>(panels.size()), few,
                              begins, examples});
        for (int64_t co = 0; ends && co < out; co++) {
          float row[batchLanes];
          writeFew(few + co / planeLanes * planeLanes * examples + co % planeLanes, examples, row);
          for (int l = 0; l < batchLanes; l++) to[co * positionsOut * batchLanes + l] = row[l] + plus[co];
        }
        continue;
      }
      batch.kernels.mix({turned.rows, terms.place(), terms.scalar(), terms.count(), scalars.data(), out, sums.data() + p * out * batchLanes, begins, ends,
                         plus, to, positionsOut * batchLanes, examples});
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
