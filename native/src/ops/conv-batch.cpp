// Convolution of up to 16 examples in lanes, forward.
#include <algorithm>
#include <atomic>
#include <limits>

#include "conv-turned.h"

namespace agon {

namespace {

/// Input positions that are turned together.
constexpr int64_t turnedPositions = 16;

/// Output positions that are written together, side by side.
constexpr int64_t writtenPositions = 16;

/// Of these, so many are summed together: an even number, whose inputs stay in the first cache if four do.
int64_t summedPositions(int64_t terms) { return std::max<int64_t>(4, std::min<int64_t>(writtenPositions, 640 / terms / 2 * 2)); }

}  // namespace

bool ConvOperation::canBatch() const { return taps * groupIn() * planeLanes <= std::numeric_limits<int32_t>::max(); }

void ConvOperation::forwardBatch(Batch& batch) const {
  if (isTiled(batch.frame)) return forwardTiles(batch);
  const float* x = batch.rows(inputs[0]);
  float* y = batch.write(outputs[0]);
  const BlockPtr rows = isDirect() ? nullptr : batch.scratch(batch.size(inputs[0]) * batchLanes);
  const BlockPtr tables = isDirect() ? nullptr : batch.scratch(turnedFloats());
  if (batch.dry) return;
  if (batch.wants(inputs[0])) linearize(batch.frame);
  if (isDirect()) return forwardBatchDirect(batch, x, y);
  const bool isDense = batch.frame.distinct == batchLanes || groupIn() < planeLanes || taps == 1;
  if (batch.frame.inTiles && mayGather() && isDense) return forwardGathered(batch, x, y);
  Turned turned{rows->data(), tables->data(), {}, {}, {}};
  turnLanes(batch, x, turned);
  if (const int lanes = lanesTogether(turned, batch.frame.distinct)) return forwardListed(batch, turned, y, lanes);
  if (isGathered(turned, batch.frame.distinct)) return forwardGathered(batch, x, y);
  listUnion(batch, turned);
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
  const uint32_t examples = (1u << batch.frame.distinct) - 1;
  std::atomic<int64_t> whole{0}, fours{0}, pairs{0}, ones{0};
  batch.pool().each((positionsIn + turnedPositions - 1) / turnedPositions, std::max<int64_t>(1, 256 / channelsIn), [&](int64_t begin, int64_t end) {
    uint16_t alive[turnedPositions];
    int64_t rows = 0, inFours = 0, inPairs = 0, inOnes = 0;
    for (int64_t from = begin * turnedPositions; from < std::min(positionsIn, end * turnedPositions); from += turnedPositions) {
      const int64_t count = std::min(turnedPositions, positionsIn - from);
      for (int64_t c = 0; c < channelsIn; c++) {
        const float* const row = x + (c * positionsIn + from) * batchLanes;
        const int64_t first = c / in * positionsIn + from;
        batch.kernels.survey(row, count, alive);
        for (int64_t p = 0; p < count; p++) {
          turned.alive()[(first + p) * in + c % in] = alive[p];
          if (alive[p]) std::copy(row + p * batchLanes, row + (p + 1) * batchLanes, turned.rows + ((first + p) * in + c % in) * batchLanes);
        }
        // One position stands for its neighbours.
        const uint32_t bits = alive[0] & examples, two = bits | bits >> 1;
        rows += bits != 0;
        inFours += __builtin_popcount((two | two >> 2) & 0x1111);
        inPairs += __builtin_popcount(two & 0x5555);
        inOnes += __builtin_popcount(bits);
      }
    }
    whole += rows;
    fours += inFours;
    pairs += inPairs;
    ones += inOnes;
  });
  turned.counted = {whole, ones, pairs, fours};
}

/// The channels of each position that are not 0 in every lane.
void ConvOperation::listUnion(const Batch& batch, Turned& turned) const {
  const int64_t in = groupIn(), places = groups * positionsIn;
  turned.item.resize(places * in);
  turned.count.resize(places);
  batch.pool().each(places, std::max<int64_t>(1, 4096 / in), [&](int64_t begin, int64_t end) {
    for (int64_t place = begin; place < end; place++) {
      int32_t count = 0;
      for (int64_t c = 0; c < in; c++)
        if (turned.alive()[place * in + c]) turned.item[place * in + count++] = static_cast<int32_t>(c);
      turned.count[place] = count;
    }
  });
}

/// Whole panels of outputs.
bool ConvOperation::mayGather() const { return groups == 1 && groupOut() % planeLanes == 0 && !isDirect(); }

/// Few channels with few zeros, as a picture has them: lists would be all alike, and short.
bool ConvOperation::isGathered(const Turned& turned, int examples) const {
  const int64_t blocks = (positionsIn + turnedPositions - 1) / turnedPositions;
  return examples == batchLanes && mayGather() && groupIn() < planeLanes && turned.counted.rows == blocks * channelsIn;
}

/// The inputs of each output position side by side, in the order of the sums; zeros where it lacks a tap.
void ConvOperation::forwardGathered(const Batch& batch, const float* x, float* y) const {
  const int64_t in = channelsIn, out = channelsOut, terms = taps * in, together = summedPositions(terms);
  const int64_t pieces = (positionsOut + writtenPositions - 1) / writtenPositions;
  batch.pool().each(pieces, 1, [&](int64_t begin, int64_t end) {
    const Buffer gathered(together * terms * batchLanes), sums(writtenPositions * out * batchLanes);
    for (int64_t first = begin * writtenPositions; first < std::min(positionsOut, end * writtenPositions); first += writtenPositions) {
      const int64_t count = std::min(writtenPositions, positionsOut - first);
      for (int64_t from = 0; from < count; from += together) {
        const int64_t some = std::min(together, count - from);
        for (int64_t p = 0; p < some; p++) gather(x, first + from + p, gathered.data() + p * terms * batchLanes);
        batch.kernels.tileSum({forwardScalars(0, 0), terms * planeLanes, terms, 0, out, some, gathered.data(), sums.data() + from * out * batchLanes, false});
      }
      for (int64_t co = 0; co < out; co++) {
        const float plus = bias.empty() ? 0.0f : bias[co];
        float* to = y + (co * positionsOut + first) * batchLanes;
        for (int64_t i = 0; i < count; i++, to += batchLanes) {
          const float* const from = sums.data() + (i * out + co) * batchLanes;
          for (int l = 0; l < batchLanes; l++) to[l] = from[l] + plus;
        }
      }
    }
  });
}

void ConvOperation::gather(const float* x, int64_t position, float* to) const {
  const int32_t begin = byOutput.offsets[position], end = byOutput.offsets[position + 1];
  if (end - begin < taps) std::fill_n(to, taps * channelsIn * batchLanes, 0.0f);
  for (int32_t k = begin; k < end; k++) {
    const float* from = x + byOutput.position[k] * batchLanes;
    float* into = to + byOutput.tap[k] * channelsIn * batchLanes;
    for (int64_t c = 0; c < channelsIn; c++, from += positionsIn * batchLanes, into += batchLanes) std::copy_n(from, batchLanes, into);
  }
}

/// Per output position and group: the (tap, input channel) that are alive in any lane, stretch by stretch.
void ConvOperation::forwardBatchTile(const Batch& batch, const Turned& turned, float* y, int64_t group, int64_t first, int64_t count) const {
  const int64_t in = groupIn(), out = groupOut();
  const int lanes = batch.frame.distinct <= 8 && batch.frame.distinct != 3 ? 8 : batchLanes;
  const Buffer sums(tilePositions * paddedOut() * batchLanes);
  std::vector<const float*> scalars(out);
  for (int64_t co = 0; co < out; co++) scalars[co] = forwardScalars(group, co);
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
      batch.kernels.mix({turned.rows, terms.place(), terms.scalar(), terms.count(), scalars.data(), out, sums.data() + p * out * batchLanes, begins, ends,
                         plus, to, positionsOut * batchLanes, lanes});
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
