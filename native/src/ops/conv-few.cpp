// Convolution of few examples in averaged passes (few.h): neighbouring positions lie in the lanes, each with a lane for every example, so that the kernels for
// rows of 16 examples sum them, term by term in the same order.
#include <algorithm>
#include <cstring>
#include <limits>
#include <map>

#include "../few/few.h"
#include "conv-alike.h"
#include "tile-pass.h"

namespace agon {

namespace {

/// Rows that take weights while they are near: more of them where the weights are many.
int64_t groupsTogether(int64_t terms) { return terms <= 256 ? 4 : 8; }
/// Outputs that a thread sums at a time.
constexpr int64_t sliceOutputs = 128;
alignas(64) const float zeros[batchLanes] = {};

int64_t pieces(int64_t count, int64_t size) { return (count + size - 1) / size; }

}  // namespace

/// Whole panels of channels out, and a way back that sums in the order of those in lanes.
bool ConvOperation::canFew() const {
  if (!mayGather() || hasConstant[0] || taps * channelsIn * planeLanes > std::numeric_limits<int32_t>::max()) return false;
  return tiles_ || (maySpread() ? spreadWeights_.size() > 0 : tapsDescend && channelsIn % planeLanes == 0);
}

void ConvOperation::forwardFew(Few& few) const {
  const float* const x = few.read(inputs[0]);
  float* const y = few.write(outputs[0]);
  if (isTiled(few.frame)) tileFew(few, false, x, y);
  else if (!few.dry) sumFew(few, x, y);
}

void ConvOperation::backwardFew(Few& few) const {
  const BlockPtr g = few.take(outputs[0]);
  if (!few.wants(inputs[0])) return;
  BlockPtr to = few.cotangentOf(inputs[0]);
  if (tiles_) tileFew(few, true, g->data(), to->data());
  else if (!few.dry && maySpread()) spreadFew(few, g->data(), to->data());
  else if (!few.dry) alikeFew(few, g->data(), to->data());
  few.give(inputs[0], std::move(to));
}

void ConvOperation::tileFew(Few& few, bool turned, const float* from, float* to) const {
  const TileGeometry geometry = turned ? tiles_->turned() : *tiles_;
  const int64_t terms = turned ? channelsOut : channelsIn, sums = turned ? channelsIn : channelsOut;
  const int64_t positionsFrom = turned ? positionsOut : positionsIn, positionsTo = turned ? positionsIn : positionsOut;
  const BlockPtr desks = few.scratch(tileFloats(few.pool(), geometry, terms, sums));
  if (few.dry) return;
  runTiles(few.pool(), few.frame.kernels,
           {geometry, turned, terms, sums, tileWeights(few.pool()), {const_cast<float*>(from), few.examples, positionsFrom, nullptr, positionsFrom, 1},
            {to, few.examples, positionsTo, nullptr, positionsTo, 1}, turned || bias.empty() ? nullptr : bias.data(), nullptr, few.examples}, desks->data());
}

/// Forward, where there are no tiles: sums of all taps, with zeros for those that an output lacks.
void ConvOperation::sumFew(Few& few, const float* x, float* y) const {
  const int64_t terms = taps * channelsIn, out = channelsOut, examples = few.examples, near = batchLanes / examples;
  const int64_t groupCount = pieces(positionsOut, near), together = groupsTogether(terms), slices = pieces(out, sliceOutputs);
  few.pool().each(pieces(groupCount, together) * slices, 1, [&](int64_t begin, int64_t end) {
    const Buffer gathered(together * terms * batchLanes), sums(together * sliceOutputs * batchLanes);
    int64_t latest = -1;
    for (int64_t i = begin; i < end; i++) {
      const int64_t first = i / slices * together, count = std::min(together, groupCount - first);
      const int64_t from = i % slices * sliceOutputs, until = std::min(out, from + sliceOutputs);
      for (int64_t n = 0; n < count && first != latest; n++) gatherFew(few, x, (first + n) * near, gathered.data() + n * terms * batchLanes);
      latest = first;
      few.kernels.tileSum({forwardScalars(0, 0), terms * planeLanes, terms, from, until, count, gathered.data(), sums.data(), false});
      for (int64_t n = 0; n < count; n++) {
        const int64_t position = (first + n) * near, lanes = std::min(near, positionsOut - position) * examples;
        for (int64_t co = from; co < until; co++) {
          const float plus = bias.empty() ? 0.0f : bias[co];
          const float* const sum = sums.data() + (n * (until - from) + co - from) * batchLanes;
          float* const to = y + (co * positionsOut + position) * examples;
          for (int64_t l = 0; l < lanes; l++) to[l] = sum[l] + plus;
        }
      }
    }
  });
}

/// The inputs of neighbouring outputs from `first` on: rows [tap][channel in][16].
void ConvOperation::gatherFew(const Few& few, const float* x, int64_t first, float* to) const {
  const int64_t examples = few.examples, near = batchLanes / examples, step = positionsIn * examples;
  std::vector<int64_t> at(taps * near, -1);
  for (int64_t s = 0; s < std::min(near, positionsOut - first); s++)
    for (int32_t k = byOutput.offsets[first + s]; k < byOutput.offsets[first + s + 1]; k++) at[byOutput.tap[k] * near + s] = byOutput.position[k] * examples;
  const auto put = [&](auto count) {
    constexpr int64_t each = decltype(count)::value;
    constexpr int64_t places = batchLanes / each;
    for (int64_t t = 0; t < taps; t++) {
      const float* rows = x;
      bool isRun = at[t * places] >= 0;
      for (int64_t s = 1; s < places; s++) isRun = isRun && at[t * places + s] == at[t * places] + s * each;
      for (int64_t c = 0; isRun && c < channelsIn; c++, rows += step, to += batchLanes) {
        to[batchLanes - 1] = 0.0f;
        std::memcpy(to, rows + at[t * places], places * each * sizeof(float));
      }
      if (isRun) continue;
      for (int64_t c = 0; c < channelsIn; c++, rows += step, to += batchLanes) {
        to[batchLanes - 1] = 0.0f;
        for (int64_t s = 0; s < places; s++) std::memcpy(to + s * each, at[t * places + s] < 0 ? zeros : rows + at[t * places + s], each * sizeof(float));
      }
    }
  };
  withCount(few.examples, put);
}

/// Back to inputs that are alike: tap by tap, as the terms of a sum come elsewhere.
void ConvOperation::alikeFew(Few& few, const float* g, float* to) const {
  const int64_t examples = few.examples, together = groupsTogether(taps * channelsOut);
  std::map<std::vector<int32_t>, std::vector<Alike>> byTaps;
  for (const Alike& alike : alikePositions(batchLanes / examples)) {
    const auto tap = byInput.tap.begin();
    byTaps[{tap + byInput.offsets[alike.first], tap + byInput.offsets[alike.first + 1]}].push_back(alike);
  }
  struct Piece {
    const std::vector<int32_t>* taps;
    const Alike* alike;
    int64_t count;
  };
  std::vector<Piece> work;
  for (const auto& [ofTaps, all] : byTaps)
    for (size_t i = 0; i < all.size(); i += together) work.push_back({&ofTaps, &all[i], std::min<int64_t>(together, all.size() - i)});
  few.pool().each(static_cast<int64_t>(work.size()), 1, [&](int64_t begin, int64_t end) {
    const Buffer rows(together * channelsOut * batchLanes), sums(together * channelsIn * batchLanes);
    std::fill_n(rows.data(), rows.size(), 0.0f);
    for (int64_t i = begin; i < end; i++) {
      const Piece& piece = work[i];
      if (piece.taps->empty()) std::fill_n(sums.data(), sums.size(), 0.0f);
      for (size_t k = 0; k < piece.taps->size(); k++) {
        for (int64_t n = 0; n < piece.count; n++) {
          const Alike& alike = piece.alike[n];
          const float* from = g + byInput.position[byInput.offsets[alike.first] + k] * examples;
          float* row = rows.data() + n * channelsOut * batchLanes;
          for (int64_t co = 0; co < channelsOut; co++, from += positionsOut * examples, row += batchLanes) std::copy_n(from, alike.count * examples, row);
        }
        const float* const weights = forwardScalars(0, 0) + (*piece.taps)[k] * channelsIn * planeLanes;
        few.kernels.tileSum({weights, taps * channelsIn * planeLanes, channelsOut, 0, channelsIn, piece.count, rows.data(), sums.data(), true, k == 0});
      }
      for (int64_t n = 0; n < piece.count; n++) {
        const Alike& alike = piece.alike[n];
        const float* sum = sums.data() + n * channelsIn * batchLanes;
        for (int64_t ci = 0; ci < channelsIn; ci++, sum += batchLanes)
          for (int64_t s = 0; s < alike.count; s++) std::copy_n(sum + s * examples, examples, to + (ci * positionsIn + alike.first + s * alike.step) * examples);
      }
    }
  });
}

/// Back to few channels in, as backwardSpread() does it: input positions in bands, whose sums take their outputs in ascending order.
void ConvOperation::spreadFew(Few& few, const float* g, float* to) const {
  const int64_t bands = std::min<int64_t>(positionsIn, few.pool().threads());
  few.pool().each(bands, 1, [&](int64_t begin, int64_t end) {
    for (int64_t b = begin; b < end; b++) spreadFewBand(few, g, to, positionsIn * b / bands, positionsIn * (b + 1) / bands);
  });
}

void ConvOperation::spreadFewBand(const Few& few, const float* g, float* to, int64_t from, int64_t until) const {
  const int64_t examples = few.examples, near = batchLanes / examples, together = groupsTogether(channelsOut);
  const int64_t outputs = pieces(taps * channelsIn, planeLanes) * planeLanes;
  for (int64_t c = 0; c < channelsIn; c++) std::fill(to + (c * positionsIn + from) * examples, to + (c * positionsIn + until) * examples, 0.0f);
  int64_t first = positionsOut, last = 0;
  for (int32_t k = byInput.offsets[from]; k < byInput.offsets[until]; k++) {
    first = std::min<int64_t>(first, byInput.position[k]);
    last = std::max<int64_t>(last, byInput.position[k] + 1);
  }
  const Buffer rows(together * channelsOut * batchLanes), sums(together * outputs * batchLanes);
  std::fill_n(rows.data(), rows.size(), 0.0f);
  const auto add = [&](auto count, int64_t o, const float* sum) {
    constexpr int64_t each = decltype(count)::value;
    for (int32_t k = byOutput.offsets[o]; k < byOutput.offsets[o + 1]; k++) {
      if (byOutput.position[k] < from || byOutput.position[k] >= until) continue;
      for (int64_t c = 0; c < channelsIn; c++) {
        const float* const more = sum + (byOutput.tap[k] * channelsIn + c) * batchLanes;
        float* const into = to + (c * positionsIn + byOutput.position[k]) * each;
        for (int64_t n = 0; n < each; n++) into[n] += more[n];
      }
    }
  };
  for (int64_t o = first; o < last; o += together * near) {
    const int64_t groupCount = std::min(together, pieces(last - o, near));
    for (int64_t n = 0; n < groupCount; n++) {
      const int64_t lanes = std::min(near, last - o - n * near) * examples;
      for (int64_t co = 0; co < channelsOut; co++)
        std::copy_n(g + (co * positionsOut + o + n * near) * examples, lanes, rows.data() + (n * channelsOut + co) * batchLanes);
    }
    few.kernels.tileSum({spreadWeights_.data(), channelsOut * planeLanes, channelsOut, 0, outputs, groupCount, rows.data(), sums.data(), false});
    for (int64_t i = 0; i < std::min(last - o, groupCount * near); i++)
      withCount(few.examples, [&](auto count) { add(count, o + i, sums.data() + i / near * outputs * batchLanes + i % near * examples); });
  }
}

}  // namespace agon
