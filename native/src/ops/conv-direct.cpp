// Forward pass of convolutions with few channels per group: a tap is a number times a stretch of the input, added to a stretch of the output.
#include <algorithm>
#include <type_traits>

#include "conv.h"

namespace agon {

namespace {

/// Output positions that take all their taps while they are in the first cache.
constexpr int64_t outputsAtOnce = 1024;

/// 1 if the taps of every output ascend, -1 if they descend, 0 if neither.
int directionOf(const Taps& taps) {
  bool ascends = true, descends = true;
  for (size_t o = 0; o + 1 < taps.offsets.size(); o++) {
    for (int32_t k = taps.offsets[o] + 1; k < taps.offsets[o + 1]; k++) {
      ascends = ascends && taps.tap[k - 1] < taps.tap[k];
      descends = descends && taps.tap[k - 1] > taps.tap[k];
    }
  }
  return ascends ? 1 : descends ? -1 : 0;
}

/// Makes the last run longer by output o at `position`, or begins a new one.
void append(std::vector<Run>& runs, int32_t tap, int32_t o, int32_t position) {
  if (!runs.empty()) {
    Run& last = runs.back();
    if (last.length == 1 && last.out + 1 == o) last.step = position - last.in;
    if (last.out + last.length == o && last.in + last.length * last.step == position) {
      last.length++;
      return;
    }
  }
  runs.push_back({tap, o, position, 1, 1});
}

template <class Step>
void addTo(float* __restrict to, const float* __restrict from, float by, int64_t length, Step step) {
  for (int64_t i = 0; i < length; i++) to[i] += from[i * step] * by;
}

/// Products are rounded before they are added: forwardBatchDirect gives the same bits.
void add(const Run& run, const float* from, float by, float* to) {
  if (run.step == 1) return addTo(to, from, by, run.length, std::integral_constant<int64_t, 1>());
  if (run.step == 2) return addTo(to, from, by, run.length, std::integral_constant<int64_t, 2>());
  addTo(to, from, by, run.length, int64_t{run.step});
}

}  // namespace

std::vector<Run> runsOf(const Taps& taps, int64_t tapCount) {
  std::vector<Run> runs;
  const int64_t outputs = static_cast<int64_t>(taps.offsets.size()) - 1;
  const int direction = directionOf(taps);
  for (int64_t from = 0; from < outputs; from += outputsAtOnce) {
    const int64_t to = std::min(outputs, from + outputsAtOnce);
    if (direction == 0) {
      for (int64_t o = from; o < to; o++)
        for (int32_t k = taps.offsets[o]; k < taps.offsets[o + 1]; k++) runs.push_back({taps.tap[k], static_cast<int32_t>(o), taps.position[k], 1, 1});
      continue;
    }
    std::vector<std::vector<Run>> ofTap(tapCount);
    for (int64_t o = from; o < to; o++)
      for (int32_t k = taps.offsets[o]; k < taps.offsets[o + 1]; k++)
        append(ofTap[taps.tap[k]], taps.tap[k], static_cast<int32_t>(o), taps.position[k]);
    if (direction < 0) std::reverse(ofTap.begin(), ofTap.end());
    for (const auto& some : ofTap) runs.insert(runs.end(), some.begin(), some.end());
  }
  return runs;
}

void ConvOperation::forwardDirect(Frame& frame) const {
  const float* x = frame.data[inputs[0]];
  float* y = frame.write(outputs[0]);
  const int64_t in = groupIn();
  const double products = static_cast<double>(byOutput.position.size()) * static_cast<double>(channelsOut * in);
  frame.pool.each(channelsOut, grainOf(channelsOut, products), [&](int64_t begin, int64_t end) {
    std::vector<float> weights(taps * in);
    for (int64_t co = begin; co < end; co++) {
      for (int64_t t = 0; t < taps; t++)
        for (int64_t ci = 0; ci < in; ci++) weights[t * in + ci] = backwardWeights_[termOf(co, t) + scalarOf(ci)];
      const float* from = x + co / groupOut() * in * positionsIn;
      float* to = y + co * positionsOut;
      std::fill(to, to + positionsOut, 0.0f);
      for (const Run& run : runs_)
        for (int64_t ci = 0; ci < in; ci++) add(run, from + ci * positionsIn + run.in, weights[run.tap * in + ci], to + run.out);
      if (bias.empty()) continue;
      for (int64_t o = 0; o < positionsOut; o++) to[o] += bias[co];
    }
  });
}

}  // namespace agon
