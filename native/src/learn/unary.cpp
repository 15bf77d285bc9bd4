#include <agon/scalar.h>

#include "../ops/unary-parameters.h"
#include "step.h"

namespace agon {

namespace {

class Unary : public LearnStep {
 public:
  Function function;
  Parameters parameters;

  void forward(Learning& of) override {
    if (isRectified_) return;
    const float* x = of.rows(inputs[0]);
    float* y = of.write(output);
    if (isRelu()) return each(of, [=](int64_t i) { y[i] = x[i] <= 0 ? 0.0f : x[i]; });
    each(of, [=](int64_t i) { y[i] = static_cast<float>(evaluate(function, x[i], parameters)); });
  }

  void backward(Learning& of) override {
    if (isRectifiedBack_) return;
    const float *x = of.rows(isInPlace_ ? output : inputs[0]), *dy = of.cotangent(output);
    float* dx = of.cotangent(inputs[0]);
    const bool isAdded = !isInPlace_ && adds[0];
    if (isRelu() && isAdded) return each(of, [=](int64_t i) { dx[i] += x[i] > 0 ? dy[i] : 0.0f; });
    if (isRelu()) return each(of, [=](int64_t i) { dx[i] = x[i] > 0 ? dy[i] : 0.0f; });
    each(of, [=](int64_t i) {
      const float product = dy[i] * static_cast<float>(derivative(function, x[i], parameters));
      dx[i] = isAdded ? dx[i] + product : product;
    });
  }

  bool isRelu() const override { return function == Function::Relu; }
  void setInPlace(bool isRectified) override {
    isInPlace_ = true;
    isRectified_ = isRectified;
  }
  void setRectifiedBack() override { isRectifiedBack_ = true; }

 private:
  bool isInPlace_ = false, isRectified_ = false, isRectifiedBack_ = false;

  template <class Visit>
  void each(Learning& of, Visit visit) const {
    of.pool.each(of.groups * of.groupSize(output), 1 << 14, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; i++) visit(i);
    });
  }
};

}  // namespace

std::unique_ptr<LearnStep> learnUnary(Maker& maker) {
  auto step = std::make_unique<Unary>();
  maker.expect(!maker.has(0) || !maker.isConstant(0), "an input that is no constant");
  step->function = unaryFunction(maker, step->parameters);
  return step;
}

}  // namespace agon
