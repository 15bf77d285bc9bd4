#include "products.h"

namespace agon::cuda {

namespace {

struct Shape {
  int64_t groups, channelsIn, channelsOut, positionsIn, positionsOut, taps;  // channels of one group
};

/// Row co of group `matrix`: its cotangents at every position.
struct ChannelsOut {
  using Row = int64_t;
  Rows y;
  Shape of;
  AGON_HD int64_t slices(int64_t) const { return of.positionsOut; }
  AGON_HD Row rowAt(int64_t group, int64_t co) const { return (group * of.channelsOut + co) * of.positionsOut; }
  AGON_HD int64_t sliceAt(int64_t, int64_t o) const { return o; }
  AGON_HD float at(Row row, int64_t o, int32_t n) const { return y.at(row + o, n); }
};

/// Row (ci, tap): the inputs that the tap reads at every output position, 0 where it reads none.
struct TappedIn {
  struct Row {
    int64_t plane;
    const int32_t* position;
  };
  View x;
  const int32_t* position;  // [tap][positionsOut], -1: none
  Shape of;
  AGON_HD Row rowAt(int64_t group, int64_t i) const {
    return {(group * of.channelsIn + i / of.taps) * of.positionsIn, position + i % of.taps * of.positionsOut};
  }
  AGON_HD int64_t sliceAt(int64_t, int64_t o) const { return o; }
  AGON_HD float at(const Row& row, int64_t o, int32_t n) const {
    const int32_t from = row.position[o];
    return from < 0 ? 0.0f : x.at(row.plane + from, n);
  }
};

/// dw[co,ci,t] = sum over examples and positions of dy[co,o] x[ci, position[t][o]].
class ConvWeights : public ParameterGradient {
 public:
  Shape shape;
  Ints position;
  int32_t x, y;

  void add(const Walk& walk, float* out) const override {
    const ChannelsOut channels{cotangentsOf(walk, y), shape};
    const TappedIn tapped{walk.frame.view(x), position.data(), shape};
    const int64_t columns = shape.channelsIn * shape.taps;
    addProducts(walk.frame, channels, tapped, shape.groups, shape.channelsOut, columns, shape.positionsOut, 1,
                Spread{shape.channelsOut, columns, shape.channelsOut * columns, columns, 1}, out);
  }
};

/// db[co] = sum over examples and positions of dy[co,o].
class ConvBias : public ParameterGradient {
 public:
  Spreading channels;
  int32_t y;
  void add(const Walk& walk, float* out) const override { channels.add(walk, y, SlopeOne{}, 1, out); }
};

std::unique_ptr<ParameterGradient> learnBias(const Making& making, const Shape& shape) {
  auto gradient = std::make_unique<ConvBias>();
  std::vector<int32_t> channel(making.maker.outputSize());
  for (size_t e = 0; e < channel.size(); e++) channel[e] = static_cast<int32_t>(static_cast<int64_t>(e) / shape.positionsOut);
  gradient->channels = Spreading(making.device, channel, shape.groups * shape.channelsOut);
  gradient->y = making.maker.instruction().outputs[0];
  return gradient;
}

}  // namespace

std::unique_ptr<ParameterGradient> learnConv(const Making& making, size_t input) {
  const Maker& maker = making.maker;
  maker.expectCounts(2, 3, 6, 0, 3);
  const int64_t groups = maker.positive(0);
  const Shape shape{groups, maker.positive(1) / groups, maker.positive(2) / groups, maker.positive(3), maker.positive(4), maker.positive(5)};
  if (input == 2) return learnBias(making, shape);
  maker.expect(input == 1, "parameters that are weights or a bias");
  const auto& it = maker.instruction();
  const auto &offsets = it.tables[0], &tap = it.tables[1], &from = it.tables[2];
  std::vector<int32_t> position(shape.taps * shape.positionsOut, -1);
  for (int64_t o = 0; o < shape.positionsOut; o++)
    for (int32_t k = offsets[o]; k < offsets[o + 1]; k++) {
      int32_t& at = position[tap[k] * shape.positionsOut + o];
      maker.expect(at < 0, "a tap of a position once");
      at = from[k];
    }
  auto gradient = std::make_unique<ConvWeights>();
  gradient->shape = shape;
  gradient->position = Ints(making.device, position);
  gradient->x = it.inputs[0];
  gradient->y = it.outputs[0];
  return gradient;
}

}  // namespace agon::cuda
