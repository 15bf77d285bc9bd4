// Alias, Gather: elements that move.
#include "../pull.h"

namespace agon::cuda {

namespace {

class Alias : public Operation {
 public:
  void forward(Frame& frame) const override { frame.alias(outputs[0], inputs[0]); }
  void linearize(Frame& frame) const override { frame.wanted[outputs[0]] = frame.wanted[inputs[0]]; }
  void backward(Walk& walk) const override { walk.move(outputs[0], inputs[0]); }
};

struct GatherForward {
  View x;
  const int32_t* source;
  float pad;
  float* y;
  AGON_HD void operator()(int64_t e, int32_t n) const { y[e * x.examples + n] = source[e] < 0 ? pad : x.at(source[e], n); }
};

struct GatherWanted {
  const int32_t* source;
  const uint8_t* x;
  uint8_t* y;
  AGON_HD void operator()(int64_t e) const { y[e] = source[e] >= 0 && x[source[e]]; }
};

class Gather : public Operation {
 public:
  Ints source;
  LinkTable table;
  float pad = 0;

  void forward(Frame& frame) const override {
    const View x = frame.view(inputs[0]);
    float* y = frame.write(outputs[0], x.examples);
    frame.device.eachRow(source.size(), x.examples, GatherForward{x, source.data(), pad, y});
  }
  void linearize(Frame& frame) const override {
    auto mask = frame.mask(outputs[0]);
    frame.device.each(source.size(), GatherWanted{source.data(), frame.wanted[inputs[0]]->data(), mask->data()});
    frame.wanted[outputs[0]] = std::move(mask);
  }
  void backward(Walk& walk) const override { pull(walk, inputs[0], outputs[0], table.links(), Ones{}); }
};

}  // namespace

std::unique_ptr<Operation> makeAlias(const Making& making) {
  const Maker& maker = making.maker;
  maker.expectCounts(1, 1, 0, 0, 0);
  maker.expect(maker.inputSize(0) == maker.outputSize(), "input and output of one size");
  maker.keepConstant(0);
  return std::make_unique<Alias>();
}

std::unique_ptr<Operation> makeGather(const Making& making) {
  const Maker& maker = making.maker;
  maker.expectCounts(1, 1, 0, 0, 1);
  maker.keepConstant(0);
  auto op = std::make_unique<Gather>();
  const auto source = maker.table(0, maker.outputSize(), -1, maker.inputSize(0));
  op->source = Ints(making.device, source);
  if (!source.empty()) op->table = LinkTable(making.device, source, maker.inputSize(0));
  op->pad = maker.instruction().numbers.empty() ? 0.0f : maker.instruction().numbers[0];
  return op;
}

}  // namespace agon::cuda
