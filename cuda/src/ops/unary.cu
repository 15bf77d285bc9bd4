// Elementwise functions of one value.
#include "../../../native/src/ops/unary-parameters.h"
#include "../pull.h"

namespace agon::cuda {

namespace {

struct UnaryForward {
  View x;
  float* y;
  Function function;
  Parameters parameters;
  AGON_HD void operator()(int64_t e, int32_t n) const {
    const float at = x.at(e, n);
    float& to = y[e * x.examples + n];
    if (function == Function::Relu) {
      to = at <= 0 ? 0.0f : at;
    } else {
      to = static_cast<float>(evaluate(function, static_cast<double>(at), parameters));
    }
  }
};

struct UnarySlope {
  View x;
  const uint8_t* wanted;
  float* slope;  // [elements, examples], also where x is the same for all of them
  int32_t examples;
  Function function;
  Parameters parameters;
  AGON_HD void operator()(int64_t e, int32_t n) const {
    slope[e * examples + n] = wanted[e] ? static_cast<float>(derivative(function, static_cast<double>(x.at(e, n)), parameters)) : 0.0f;
  }
};

struct NotZero {
  const float* slope;
  uint8_t* mask;
  int32_t examples;
  AGON_HD void operator()(int64_t e) const {
    mask[e] = 0;
    for (int32_t n = 0; n < examples; n++)
      if (slope[e * examples + n] != 0) mask[e] = 1;
  }
};

class Unary : public Operation {
 public:
  Function function;
  Parameters parameters;

  void forward(Frame& frame) const override {
    const View x = frame.view(inputs[0]);
    float* y = frame.write(outputs[0], x.examples);
    frame.device.eachRow(frame.size(outputs[0]), x.examples, UnaryForward{x, y, function, parameters});
  }

  /// a: the derivative per element and example, 0 where x is not wanted.
  void linearize(Frame& frame) const override {
    if (!isDifferentiable(function)) return;
    const View x = frame.view(inputs[0]);
    Floats& slope = local(frame).a;
    if (!slope) slope = Floats(frame.device, frame.size(outputs[0]) * frame.examples);
    frame.device.eachRow(frame.size(outputs[0]), frame.examples, UnarySlope{x, frame.wanted[inputs[0]]->data(), slope.data(), frame.examples, function, parameters});
    auto mask = frame.mask(outputs[0]);
    frame.device.each(frame.size(outputs[0]), NotZero{slope.data(), mask->data(), frame.examples});
    frame.wanted[outputs[0]] = std::move(mask);
  }

  void backward(Walk& walk) const override {
    if (!walk.wants(inputs[0])) return;
    // Only wanted elements have rows, and where the derivative is 0 none is wanted.
    if (isMask(function) && walk.frame.examples == 1) return walk.move(outputs[0], inputs[0]);
    pull(walk, inputs[0], outputs[0], Links{}, PerOutput{walk.frame.locals[index].a.data(), walk.frame.examples});
  }
};

}  // namespace

std::unique_ptr<Operation> makeUnary(const Making& making) {
  auto op = std::make_unique<Unary>();
  op->function = unaryFunction(making.maker, op->parameters);
  making.maker.keepConstant(0);
  return op;
}

}  // namespace agon::cuda
