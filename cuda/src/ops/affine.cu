// y = x scale + shift with constants: batch normalisation.
#include "../pull.h"

namespace agon::cuda {

namespace {

struct AffineForward {
  View x;
  const float *scale, *shift;
  const int32_t* map;
  float* y;
  AGON_HD void operator()(int64_t e, int32_t n) const { y[e * x.examples + n] = x.at(e, n) * scale[map[e]] + shift[map[e]]; }
};

struct AffineSlope {
  static constexpr bool sameForExamples = true;
  const float* scale;
  const int32_t* map;
  AGON_HD float operator()(int64_t, int64_t y, int64_t, int32_t) const { return scale[map[y]]; }
};

class Affine : public Operation {
 public:
  Floats scale, shift;
  Ints map;

  void forward(Frame& frame) const override {
    const View x = frame.view(inputs[0]);
    float* y = frame.write(outputs[0], x.examples);
    frame.device.eachRow(map.size(), x.examples, AffineForward{x, scale.data(), shift.data(), map.data(), y});
  }

  void linearize(Frame& frame) const override { frame.wanted[outputs[0]] = frame.wanted[inputs[0]]; }

  void backward(Walk& walk) const override { pull(walk, inputs[0], outputs[0], Links{}, AffineSlope{scale.data(), map.data()}); }
};

}  // namespace

std::unique_ptr<Operation> makeAffine(const Making& making) {
  const Maker& maker = making.maker;
  maker.expectCounts(3, 3, 0, 0, 1);
  maker.expect(maker.inputSize(0) == maker.outputSize(), "input and output of one size");
  maker.keepConstant(0);
  auto op = std::make_unique<Affine>();
  op->scale = Floats(making.device, maker.constant(1, maker.inputSize(1)));
  op->shift = Floats(making.device, maker.constant(2, maker.inputSize(1)));
  op->map = Ints(making.device, maker.table(0, maker.outputSize(), 0, maker.inputSize(1)));
  return op;
}

}  // namespace agon::cuda
