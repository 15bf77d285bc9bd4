#include <agon/scalar.h>

#include "../batch/pull.h"
#include "unary-batch.h"

namespace agon {

namespace {

constexpr int64_t grain = 1 << 14;

class Unary : public Operation {
 public:
  Function function;
  Parameters parameters;

  void forward(Frame& frame) const override {
    const float* x = frame.data[inputs[0]];
    float* y = frame.write(outputs[0]);
    frame.pool.each(frame.size(outputs[0]), grain, [&](int64_t begin, int64_t end) {
      if (function == Function::Relu) {
        for (int64_t e = begin; e < end; e++) y[e] = x[e] > 0 || x[e] != x[e] ? x[e] : 0.0f;
      } else if (function == Function::Clip) {
        for (int64_t e = begin; e < end; e++) y[e] = static_cast<float>(evaluate(Function::Clip, x[e], parameters));
      } else {
        for (int64_t e = begin; e < end; e++) y[e] = static_cast<float>(evaluate(function, x[e], parameters));
      }
    });
  }

  /// a: the derivative per element, 0 where x is not wanted.
  void linearize(Frame& frame) const override {
    if (!isDifferentiable(function)) return;
    const float* x = frame.data[inputs[0]];
    const Mask& wantedX = *frame.wanted[inputs[0]];
    const int64_t size = frame.size(outputs[0]);
    auto& slope = local(frame).a;
    slope.resize(size);
    Mask y(size);
    const double low = parameters.p, high = parameters.q;
    const auto slopes = [&](int64_t begin, int64_t end, auto slopeOf) {
      for (int64_t e = begin; e < end; e++) {
        slope[e] = wantedX[e] ? slopeOf(e) : 0.0f;
        y[e] = slope[e] != 0;
      }
    };
    frame.pool.each(size, grain, [&](int64_t begin, int64_t end) {
      if (function == Function::Relu) return slopes(begin, end, [&](int64_t e) { return x[e] > 0 ? 1.0f : 0.0f; });
      if (function == Function::Clip) return slopes(begin, end, [&](int64_t e) { return x[e] >= low && x[e] <= high ? 1.0f : 0.0f; });
      slopes(begin, end, [&](int64_t e) { return static_cast<float>(derivative(function, x[e], parameters)); });
    });
    frame.want(outputs[0], std::move(y));
  }

  bool readsUnmade() const override { return true; }
  void backward(Walk& walk) const override {
    Links links;
    links.coefficient = local(walk.frame).a.data();
    walk.pull(0, inputs[0], walk.takeUnmade(outputs[0]), links);
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
};

size_t parametersOf(Function f) {
  switch (f) {
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

std::unique_ptr<Operation> makeUnary(Maker& maker) {
  maker.expectCounts(1, 1, 1, 0, 0);
  const Instruction& it = maker.instruction();
  maker.expect(it.ints[0] >= 0 && it.ints[0] < unaryFunctionCount, "a unary function");
  maker.expect(maker.inputSize(0) == maker.outputSize(), "input and output of one size");
  maker.keepConstant(0);
  auto op = std::make_unique<Unary>();
  op->function = static_cast<Function>(it.ints[0]);
  const size_t needs = parametersOf(op->function);
  maker.expectCounts(1, 1, 1, needs, 0);
  if (needs > 0) op->parameters.p = it.numbers[0];
  if (needs > 1) op->parameters.q = it.numbers[1];
  return op;
}

}  // namespace agon
