#include <agon/scalar.h>

#include "../batch/pull.h"
#include "../tangents.h"
#include "grain.h"
#include "unary-batch.h"
#include "unary-parameters.h"

namespace agon {

namespace {

class Unary : public Operation {
 public:
  Function function;
  Parameters parameters;

  void forward(Frame& frame) const override {
    const float* x = frame.data[inputs[0]];
    float* y = frame.write(outputs[0]);
    frame.pool.each(frame.size(outputs[0]), grain, [&](int64_t begin, int64_t end) {
      if (function == Function::Relu) {
        for (int64_t e = begin; e < end; e++) y[e] = x[e] <= 0 ? 0.0f : x[e];
      } else if (function == Function::Clip) {
        const auto low = static_cast<float>(parameters.p), high = static_cast<float>(parameters.q);  // which are floats
        for (int64_t e = begin; e < end; e++) y[e] = x[e] < low ? low : x[e] > high ? high : x[e];
      } else {
        for (int64_t e = begin; e < end; e++) y[e] = static_cast<float>(evaluate(function, x[e], parameters));
      }
    });
  }

  /// a: the derivative per element, 0 where x is not wanted; nothing where it is 0 or 1, which the mask tells.
  void linearize(Frame& frame) const override {
    if (!isDifferentiable(function)) return;
    const float* x = frame.data[inputs[0]];
    const Mask& wantedX = *frame.wanted[inputs[0]];
    const int64_t size = frame.size(outputs[0]);
    Mask mask(size);
    if (isMask(function)) {
      frame.pool.each(size, grain, [&, y = mask.data()](int64_t begin, int64_t end) { passes(x, wantedX.data(), y, begin, end); });
    } else {
      auto& slope = local(frame).a;
      slope.resize(size);
      frame.pool.each(size, grain, [&](int64_t begin, int64_t end) {
        for (int64_t e = begin; e < end; e++) {
          slope[e] = wantedX[e] ? static_cast<float>(derivative(function, x[e], parameters)) : 0.0f;
          mask[e] = slope[e] != 0;
        }
      });
    }
    frame.want(outputs[0], std::move(mask));
  }

  bool readsUnmade() const override { return true; }
  void backward(Walk& walk) const override {
    // Only wanted elements have rows, and where the derivative is 0 none is wanted.
    if (isMask(function)) return walk.give(inputs[0], walk.takeUnmade(outputs[0]));
    Links links;
    links.coefficient = local(walk.frame).a.data();
    walk.pull(0, inputs[0], walk.takeUnmade(outputs[0]), links);
  }

  bool isElementwise() const override { return isDifferentiable(function) && !isMask(function); }
  const float* slope(const Frame& frame, size_t) const override { return frame.locals[index].a.data(); }

  std::unique_ptr<Carrier> carrier(const Frame& frame) const override {
    return std::make_unique<ElementCarrier>(*frame.wanted[outputs[0]], isMask(function) ? std::vector<float>() : frame.locals[index].a);
  }

  bool canBatch() const override { return true; }
  void forwardBatch(Batch& batch) const override { unaryForwardBatch(batch, function, parameters, inputs[0], outputs[0]); }

  void backwardBatch(Walk& walk) const override {
    const Local& l = local(walk.frame);
    LaneLinks links;
    if (isMask(function)) {
      links.bits = l.bits.data();
    } else {
      links.rows = l.rowsA.data();
    }
    pullLanes(walk, 0, inputs[0], walk.take(outputs[0]), links);
  }

  const uint16_t* lanesKept(const Frame& frame) const override { return isMask(function) ? frame.locals[index].bits.data() : nullptr; }

  bool canFew() const override { return isMask(function) && !hasConstant[0]; }
  void forwardFew(Few& few) const override { maskForwardFew(few, function, parameters, inputs[0], outputs[0]); }
  void backwardFew(Few& few) const override { maskBackwardFew(few, inputs[0], outputs[0]); }

 private:
  /// y = 1 where x is wanted and the derivative is 1.
  void passes(const float* x, const uint8_t* wanted, uint8_t* y, int64_t begin, int64_t end) const {
    const auto low = static_cast<float>(parameters.p), high = static_cast<float>(parameters.q);
    if (function == Function::Clip) {
      for (int64_t e = begin; e < end; e++) y[e] = static_cast<uint8_t>(wanted[e] & (x[e] >= low) & (x[e] <= high));
    } else {
      const float above = function == Function::Relu ? 0.0f : low;
      for (int64_t e = begin; e < end; e++) y[e] = static_cast<uint8_t>(wanted[e] & (x[e] > above));
    }
  }
};

size_t parametersOf(Function f) {
  switch (f) {
    case Function::Softclip: return 3;
    case Function::Selu:
    case Function::Clip:
    case Function::HardSigmoid: return 2;
    case Function::LeakyRelu:
    case Function::Elu:
    case Function::Celu:
    case Function::ThresholdedRelu: return 1;
    default: return 0;
  }
}

}  // namespace

Function unaryFunction(Maker& maker, Parameters& parameters) {
  maker.expectCounts(1, 1, 1, 0, 0);
  const Instruction& it = maker.instruction();
  maker.expect(it.ints[0] >= 0 && it.ints[0] < unaryFunctionCount, "a unary function");
  maker.expect(maker.inputSize(0) == maker.outputSize(), "input and output of one size");
  const auto function = static_cast<Function>(it.ints[0]);
  const size_t needs = parametersOf(function);
  maker.expectCounts(1, 1, 1, needs, 0);
  if (needs > 0) parameters.p = it.numbers[0];
  if (needs > 1) parameters.q = it.numbers[1];
  if (needs > 2) parameters.r = it.numbers[2];
  if (function == Function::Softclip) maker.expect(parameters.p > 0 && parameters.q < parameters.r, "beta > 0 and low < high");
  return function;
}

std::unique_ptr<Operation> makeUnary(Maker& maker) {
  auto op = std::make_unique<Unary>();
  op->function = unaryFunction(maker, op->parameters);
  maker.keepConstant(0);
  return op;
}

}  // namespace agon
