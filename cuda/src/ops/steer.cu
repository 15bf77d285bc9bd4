// Detach, Through, Rectify: values pass, and something else than the derivative goes back.
#include "../walk.h"

namespace agon::cuda {

namespace {

/// Nothing goes back: no element of the output is wanted.
class Detach : public Operation {
 public:
  void forward(Frame& frame) const override { frame.alias(outputs[0], inputs[0]); }
  void linearize(Frame& frame) const override { frame.wanted[outputs[0]] = nullptr; }
  void backward(Walk&) const override {}
};

/// The value of the first input; cotangents go to the second one.
class Through : public Operation {
 public:
  void forward(Frame& frame) const override { frame.alias(outputs[0], inputs[0]); }
  void linearize(Frame& frame) const override { frame.wanted[outputs[0]] = frame.wanted[inputs[1]]; }
  void backward(Walk& walk) const override { walk.move(outputs[0], inputs[1]); }
};

struct RectifyRows {
  float* rows;
  const uint8_t* alive;
  int32_t lanes;
  AGON_HD void operator()(int64_t e, int32_t lane) const {
    float& at = rows[e * lanes + lane];
    if (alive[e] && at < 0) at = 0;  // NaN stays
  }
};

/// What goes back is max(cotangent, 0), label by label.
class Rectify : public Operation {
 public:
  void forward(Frame& frame) const override { frame.alias(outputs[0], inputs[0]); }
  void linearize(Frame& frame) const override { frame.wanted[outputs[0]] = frame.wanted[inputs[0]]; }

  void backward(Walk& walk) const override {
    Cotangent g = walk.take(outputs[0]);
    const int32_t lanes = walk.lanes.count();
    walk.frame.device.eachRow(walk.frame.size(outputs[0]), lanes, RectifyRows{g.rows.data(), g.alive->data(), lanes});
    walk.begin(outputs[0], std::move(g));
    walk.move(outputs[0], inputs[0]);
  }
};

template <class Steer>
std::unique_ptr<Operation> make(const Maker& maker, size_t inputs) {
  maker.expectCounts(inputs, inputs, 0, 0, 0);
  for (size_t i = 0; i < inputs; i++) {
    maker.expect(maker.inputSize(i) == maker.outputSize(), "inputs and output of one size");
    maker.keepConstant(i);
  }
  return std::make_unique<Steer>();
}

}  // namespace

std::unique_ptr<Operation> makeDetach(const Making& making) { return make<Detach>(making.maker, 1); }
std::unique_ptr<Operation> makeThrough(const Making& making) { return make<Through>(making.maker, 2); }
std::unique_ptr<Operation> makeRectify(const Making& making) { return make<Rectify>(making.maker, 1); }

}  // namespace agon::cuda
