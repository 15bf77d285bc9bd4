#include "conv.h"

#include <algorithm>

#include "conv-depthwise.h"
#include "dense.h"

namespace agon::cuda {

namespace {

/// How many entries of a dense table there may be for each that is there.
constexpr int64_t mostSparse = 4;

/// Weights of the program, [Co, Ci/groups, taps] or, transposed, [Ci, Co/groups, taps], to [tap][channelsOut][groupIn].
struct PackWeights {
  const float* from;
  float* to;
  int64_t in, out, channelsOut, taps;
  bool isTransposed;
  AGON_HD void operator()(int64_t i) const {
    const int64_t ci = i % in, co = i / in % channelsOut, tap = i / in / channelsOut;
    to[i] = from[isTransposed ? ((co / out * in + ci) * out + co % out) * taps + tap : (co * in + ci) * taps + tap];
  }
};

/// What the forward pass reads and writes. Column n of a matrix is example n % examples at output position n / examples.
struct ConvFactors {
  const float *weights, *bias, *x;
  float* y;
  const int32_t* dense;
  int32_t in;
  int64_t out, channelsOut, positionsIn, positionsOut;
  int32_t examples;

  AGON_HD static constexpr bool rowsByDepth() { return true; }
  AGON_HD static constexpr bool columnsByDepth() { return false; }
  AGON_HD float ofRow(int64_t group, int32_t k, int64_t co) const { return weights[(k / in * channelsOut + group * out + co) * in + k % in]; }
  AGON_HD float ofColumn(int64_t group, int32_t k, int64_t n) const {
    const int32_t position = dense[k / in * positionsOut + n / examples];
    return position < 0 ? 0.0f : x[((group * in + k % in) * positionsIn + position) * examples + n % examples];
  }
  AGON_HD void put(int64_t group, int64_t co, int64_t n, float sum) const {
    const int64_t channel = group * out + co;
    y[channel * positionsOut * examples + n] = sum + (bias ? bias[channel] : 0.0f);
  }
};

/// The same, one sum at a time.
struct ConvSums {
  ConvFactors of;
  const int32_t *offsets, *tap, *position;
  AGON_HD void operator()(int64_t i) const {
    const int64_t n = i % of.examples, o = i / of.examples % of.positionsOut, co = i / of.examples / of.positionsOut, group = co / of.out;
    float sum = 0;
    for (int32_t k = offsets[o]; k < offsets[o + 1]; k++)
      for (int32_t ci = 0; ci < of.in; ci++)
        sum += of.weights[(tap[k] * of.channelsOut + co) * of.in + ci] * of.x[((group * of.in + ci) * of.positionsIn + position[k]) * of.examples + n];
    of.y[i] = sum + (of.bias ? of.bias[co] : 0.0f);
  }
};

std::vector<int32_t> denseTable(const ConvTables& shape) {
  std::vector<int32_t> table(static_cast<size_t>(shape.taps * shape.positionsOut), -1);
  for (int64_t o = 0; o < shape.positionsOut; o++)
    for (int32_t k = shape.byOutput.offsets[o]; k < shape.byOutput.offsets[o + 1]; k++)
      table[shape.byOutput.tap[k] * shape.positionsOut + o] = shape.byOutput.position[k];
  return table;
}

/// A value [groups][channels in group][positions]: what is at one position of one group is a list.
Layout layoutOf(int64_t groups, int64_t channels, int64_t positions) {
  return {static_cast<int32_t>(positions), static_cast<int32_t>(groups), static_cast<int32_t>(channels), 1, channels * positions, positions};
}

}  // namespace

Conv::Conv(const Making& making, bool isTransposed) : shape_(readConvTables(making.maker, isTransposed)), isTransposed_(isTransposed) {
  const int64_t in = shape_.groupIn(), out = shape_.groupOut(), entries = static_cast<int64_t>(shape_.byOutput.position.size());
  Device& device = making.device;
  const auto upload = [&](const Taps& taps) { return Table{Ints(device, taps.offsets), Ints(device, taps.tap), Ints(device, taps.position)}; };
  isDepthwise_ = shape_.groups > 1 && in == 1 && out == 1;
  products_ = entries * shape_.channelsOut * in;
  if (isDepthwise_ || shape_.positionsOut * shape_.taps > mostSparse * entries) {
    byOutput_ = upload(shape_.byOutput);
  } else {
    dense_ = Ints(device, denseTable(shape_));
  }
  if (isDepthwise_) {
    byInput_ = upload(shape_.byInput);
  } else {
    product_ = Product(device, layoutOf(shape_.groups, in, shape_.positionsIn), layoutOf(shape_.groups, out, shape_.positionsOut),
                       {std::move(shape_.byInput.offsets), std::move(shape_.byInput.position), std::move(shape_.byInput.tap)});
  }
  shape_.byInput = shape_.byOutput = {};
  const int64_t size = shape_.taps * shape_.channelsOut * in;
  weights_ = Floats(device, size);
  refresh(device, 1, Floats(device, making.maker.constant(1, size)).data());
  if (!shape_.bias.empty()) bias_ = Floats(device, shape_.bias);
}

void Conv::refresh(Device& device, int input, const float* contents) {
  if (input == 1) {
    device.each(weights_.size(), PackWeights{contents, weights_.data(), shape_.groupIn(), shape_.groupOut(), shape_.channelsOut, shape_.taps, isTransposed_});
  } else if (input == 2) {
    device.copy(bias_.data(), contents, bias_.bytes());
  }
}

void Conv::forward(Frame& frame) const {
  const View x = frame.view(inputs[0]);
  float* const y = frame.write(outputs[0], x.examples);
  const ConvFactors factors = {weights_.data(), bias_.data(), x.data, y, dense_.data(), static_cast<int32_t>(shape_.groupIn()), shape_.groupOut(),
                               shape_.channelsOut, shape_.positionsIn, shape_.positionsOut, x.examples};
  const int64_t columns = shape_.positionsOut * x.examples;
  if (dense_) return runDense(frame.device, {shape_.groups, shape_.groupOut(), columns, static_cast<int32_t>(shape_.taps * shape_.groupIn())}, factors);
  frame.device.each(shape_.channelsOut * columns, ConvSums{factors, byOutput_.offsets.data(), byOutput_.tap.data(), byOutput_.position.data()});
}

void Conv::backward(Walk& walk) const {
  if (isDepthwise_) {
    const DepthwiseTerms terms = {byInput_.offsets.data(), byInput_.tap.data(), byInput_.position.data(), weights_.data(),
                                  shape_.channelsIn, shape_.positionsOut, Divider(shape_.positionsIn)};
    return cuda::backwardDepthwise(walk, inputs[0], outputs[0], terms);
  }
  const int64_t in = shape_.groupIn();
  product_.backward(walk, inputs[0], outputs[0], {{weights_.data(), 1}, shape_.channelsOut * in, shape_.groupOut() * in, in, 1}, 1.0f);
}

std::unique_ptr<Operation> makeConv(const Making& making) { return std::make_unique<Conv>(making, false); }

}  // namespace agon::cuda
