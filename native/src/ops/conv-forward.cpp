// Convolution forward: sums of some output positions at once, with channels out in lanes.
#include <algorithm>

#include "conv.h"

namespace agon {

namespace {

constexpr int32_t counting[positionsTogether] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};

}  // namespace

void ConvOperation::forward(Frame& frame) const {
  if (isTiled(frame)) return forwardTiles(frame);
  if (isDirect()) return forwardDirect(frame);
  const float* x = frame.data[inputs[0]];
  float* y = frame.write(outputs[0]);
  const Buffer turned = turns() ? turnInput(frame, x) : Buffer();
  const int64_t blocks = (positionsOut + positionsTogether - 1) / positionsTogether;
  const double products = static_cast<double>(byOutput.position.size()) * static_cast<double>(channelsIn * paddedOut() / planeLanes);
  frame.pool.each(groups * blocks, grainOf(groups * blocks, products), [&](int64_t begin, int64_t end) {
    std::vector<Term> near, terms;
    std::vector<float> panel(turns() ? 0 : taps * groupIn() * positionsTogether);
    const Buffer sums(positionsTogether * paddedOut());
    for (int64_t i = begin; i < end; i++) {
      const int64_t group = i / blocks, from = i % blocks * positionsTogether, count = std::min<int64_t>(positionsTogether, positionsOut - from);
      const float* const own = turns() ? turned.data() + group * (positionsIn + 1) * groupIn() : x + group * groupIn() * positionsIn;
      if (i == begin || from == 0) near = nearTerms(own, group);
      if (isNear(from, count)) {
        sumNear(frame, near, from, count, sums);
      } else if (turns()) {
        sumTurned(frame, own, group, from, count, terms, sums);
      } else {
        sumPanel(frame, own, group, from, count, terms, panel, sums);
      }
      writeSums(frame, sums.data(), group, from, count, y);
    }
  });
}

/// Adds the bias and turns [position][channel] into [channel][position].
void ConvOperation::writeSums(const Frame& frame, const float* sums, int64_t group, int64_t from, int64_t count, float* y) const {
  const int64_t first = group * groupOut();
  float* const to = y + first * positionsOut + from;
  if (count == positionsTogether) return frame.kernels.turnSums(sums, paddedOut(), groupOut(), bias.empty() ? nullptr : bias.data() + first, to, positionsOut);
  for (int64_t co = 0; co < groupOut(); co++)
    for (int64_t r = 0; r < count; r++) to[co * positionsOut + r] = sums[r * paddedOut() + co] + (bias.empty() ? 0.0f : bias[first + co]);
}

/// x as [group][position][channel in group], with a position of zeros at the end of each group.
Buffer ConvOperation::turnInput(Frame& frame, const float* x) const {
  const int64_t in = groupIn();
  Buffer turned(groups * (positionsIn + 1) * in);
  float* const to = turned.data();
  frame.pool.each(positionsIn, std::max<int64_t>(1, 16384 / channelsIn), [&](int64_t begin, int64_t end) {
    for (int64_t from = begin; from < end; from += planeLanes) {
      const int64_t until = std::min<int64_t>(end, from + planeLanes);
      for (int64_t c = 0; c < channelsIn; c++)
        for (int64_t p = from; p < until; p++) to[(c / in * (positionsIn + 1) + p) * in + c % in] = x[c * positionsIn + p];
    }
  });
  for (int64_t g = 0; g < groups; g++) std::fill_n(to + (g * (positionsIn + 1) + positionsIn) * in, in, 0.0f);
  return turned;
}

/// Sums tap by tap: a term is an input channel, and where its scalar lies depends on the output position alone.
void ConvOperation::sumTurned(const Frame& frame, const float* x, int64_t group, int64_t from, int64_t count, std::vector<Term>& terms,
                              const Buffer& sums) const {
  const int64_t in = groupIn(), padded = paddedOut();
  std::vector<int32_t> at(taps * count, static_cast<int32_t>(positionsIn * in));
  std::vector<uint8_t> used(taps, 0);
  for (int64_t r = 0; r < count; r++) {
    for (int32_t k = byOutput.offsets[from + r]; k < byOutput.offsets[from + r + 1]; k++) {
      at[byOutput.tap[k] * count + r] = static_cast<int32_t>(byOutput.position[k] * in);
      used[byOutput.tap[k]] = 1;
    }
  }
  float* out[positionsTogether];
  for (int64_t r = 0; r < count; r++) out[r] = sums.data() + r * padded;
  Planes planes = {static_cast<int>(padded / planeLanes), taps * in * planeLanes, planeLanes};
  const float* const weights = forwardScalars(group, 0);
  terms.resize(in);
  for (int64_t t = 0; t < taps; t++) {
    if (!used[t] && (t + 1 < taps || planes.goesOn)) continue;
    for (int64_t ci = 0; ci < in; ci++) terms[ci] = {x + ci, weights + (t * in + ci) * planeLanes};
    frame.kernels.combine(terms.data(), used[t] ? in : 0, &at[t * count], out, count, planes);
    planes.goesOn = true;
  }
}

/// Finds the outputs that have all taps, each of them so far from the first one as it is everywhere.
void ConvOperation::findNear() {
  if (isDirect()) return;
  const int64_t apart = positionStep();
  nearBase_.assign(positionsOut, -1);
  for (int64_t o = 0; o < positionsOut; o++) {
    const int32_t* const position = byOutput.position.data() + byOutput.offsets[o];
    const int32_t* const tap = byOutput.tap.data() + byOutput.offsets[o];
    if (byOutput.offsets[o + 1] - byOutput.offsets[o] < taps || !std::is_sorted(tap, tap + taps)) continue;
    if (nearShifts_.empty())
      for (int64_t t = 0; t < taps; t++) nearShifts_.push_back((position[t] - position[0]) * apart);
    bool isEven = true;
    for (int64_t t = 0; t < taps; t++) isEven = isEven && (position[t] - position[0]) * apart == nearShifts_[t];
    if (isEven) nearBase_[o] = static_cast<int32_t>(position[0] * apart);
  }
}

bool ConvOperation::isNear(int64_t from, int64_t count) const {
  int32_t least = 0;
  for (int64_t r = 0; r < count; r++) least = std::min(least, nearBase_[from + r]);
  return least >= 0;
}

/// The terms of outputs that have all taps, of which x is the input, turned or not: scalars are read from there.
std::vector<Term> ConvOperation::nearTerms(const float* x, int64_t group) const {
  const int64_t in = groupIn(), channelStep = turns() ? 1 : positionsIn;
  std::vector<Term> terms;
  if (nearShifts_.empty()) return terms;
  terms.reserve(taps * in);
  for (int64_t t = 0; t < taps; t++)
    for (int64_t ci = 0; ci < in; ci++) terms.push_back({x + ci * channelStep + nearShifts_[t], forwardScalars(group, 0) + (t * in + ci) * planeLanes});
  return terms;
}

void ConvOperation::sumNear(const Frame& frame, const std::vector<Term>& terms, int64_t from, int64_t count, const Buffer& sums) const {
  const int64_t padded = paddedOut();
  float* out[positionsTogether];
  for (int64_t r = 0; r < count; r++) out[r] = sums.data() + r * padded;
  frame.kernels.combine(terms.data(), static_cast<int64_t>(terms.size()), nearBase_.data() + from, out, count,
                        {static_cast<int>(padded / planeLanes), taps * groupIn() * planeLanes, planeLanes});
}

/// Collects the inputs of `count` output positions in a panel [tap][channel][position], 0 where a position lacks a tap, and sums
/// panel scalars times weight rows.
void ConvOperation::sumPanel(const Frame& frame, const float* x, int64_t group, int64_t from, int64_t count, std::vector<Term>& terms,
                             std::vector<float>& panel, const Buffer& sums) const {
  const int64_t in = groupIn(), padded = paddedOut();
  std::vector<int32_t> users(taps, 0);
  for (int32_t k = byOutput.offsets[from]; k < byOutput.offsets[from + count]; k++) users[byOutput.tap[k]]++;
  terms.clear();
  for (int64_t t = 0; t < taps; t++) {
    if (users[t] == 0) continue;
    float* at = &panel[t * in * positionsTogether];
    if (users[t] < count) std::fill(at, at + in * positionsTogether, 0.0f);
    for (int64_t ci = 0; ci < in; ci++)
      terms.push_back({at + ci * positionsTogether, forwardScalars(group, 0) + (t * in + ci) * planeLanes});
  }
  for (int64_t r = 0; r < count; r++) {
    for (int32_t k = byOutput.offsets[from + r]; k < byOutput.offsets[from + r + 1]; k++) {
      const float* source = x + byOutput.position[k];
      float* at = &panel[byOutput.tap[k] * in * positionsTogether + r];
      for (int64_t ci = 0; ci < in; ci++) at[ci * positionsTogether] = source[ci * positionsIn];
    }
  }
  float* out[positionsTogether];
  for (int64_t r = 0; r < count; r++) out[r] = sums.data() + r * padded;
  frame.kernels.combine(terms.data(), static_cast<int64_t>(terms.size()), counting, out, count,
                        {static_cast<int>(padded / planeLanes), taps * in * planeLanes, planeLanes});
}

}  // namespace agon
