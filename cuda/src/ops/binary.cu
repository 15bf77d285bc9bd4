// Elementwise functions of two values, with broadcasting through tables.
#include "sides.h"

namespace agon::cuda {

namespace {

// These four are rounded once, as they would be from float64.
struct AddOf {
  AGON_HD float operator()(float a, float b) const { return a + b; }
};
struct SubOf {
  AGON_HD float operator()(float a, float b) const { return a - b; }
};
struct MulOf {
  AGON_HD float operator()(float a, float b) const { return a * b; }
};
struct DivOf {
  AGON_HD float operator()(float a, float b) const { return a / b; }
};
struct AnyOf {
  Function function;
  AGON_HD float operator()(float a, float b) const { return static_cast<float>(evaluate(function, static_cast<double>(a), static_cast<double>(b))); }
};

template <class Of>
struct BinaryForward {
  View a, b;
  Source sourceA, sourceB;
  Of of;
  float* y;
  int32_t examples;
  AGON_HD void operator()(int64_t e, int32_t n) const { y[e * examples + n] = of(a.at(sourceA(e), n), b.at(sourceB(e), n)); }
};

struct BinarySlope {
  View a, b;
  Source sourceA, sourceB;
  Function function;
  bool isB;
  const uint8_t* wanted;  // of the side
  float* slope;
  int32_t examples;
  AGON_HD void operator()(int64_t e, int32_t n) const {
    const int64_t i = sourceA(e), j = sourceB(e);
    float& to = slope[e * examples + n];
    to = 0;
    if (!wanted[isB ? j : i]) return;
    const double p = a.at(i, n), q = b.at(j, n);
    to = static_cast<float>(isB ? derivativeB(function, p, q) : derivativeA(function, p, q));
  }
};

struct MinusOnes {
  AGON_HD float operator()(int64_t, int64_t, int64_t, int32_t) const { return -1.0f; }
};

class Binary : public Operation {
 public:
  Function function;
  Side sides[2];

  void forward(Frame& frame) const override {
    switch (function) {
      case Function::Add: return run(frame, AddOf{});
      case Function::Sub: return run(frame, SubOf{});
      case Function::Mul: return run(frame, MulOf{});
      case Function::Div: return run(frame, DivOf{});
      default: return run(frame, AnyOf{function});
    }
  }

  /// a, b: the derivatives per element of the output and example, 0 where that input is not wanted; none for the ones of a sum.
  void linearize(Frame& frame) const override {
    if (!isDifferentiable(function)) return;
    wantReached(frame, outputs[0], reach(frame, 0, local(frame).a), reach(frame, 1, local(frame).b));
  }

  void backward(Walk& walk) const override {
    const Local& l = walk.frame.locals[index];
    const bool wantsB = walk.wants(inputs[1]);
    give(walk, 0, l.a, !wantsB);
    if (wantsB) give(walk, 1, l.b, true);
  }

 private:
  /// True if the derivatives are 1, or -1, whatever the inputs are.
  bool isPlain() const { return function == Function::Add || function == Function::Sub; }

  template <class Of>
  void run(Frame& frame, Of of) const {
    const int32_t examples = frame.examplesOf(inputs);
    float* y = frame.write(outputs[0], examples);
    frame.device.eachRow(frame.size(outputs[0]), examples,
                         BinaryForward<Of>{frame.view(inputs[0]), frame.view(inputs[1]), sides[0].source(), sides[1].source(), of, y, examples});
  }

  Reach reach(Frame& frame, int which, Floats& slope) const {
    if (!frame.wanted[inputs[which]]) return {};
    const uint8_t* wanted = frame.wanted[inputs[which]]->data();
    if (isPlain()) return {wanted, sides[which].source(), nullptr};
    const int64_t size = frame.size(outputs[0]);
    if (!slope) slope = Floats(frame.device, size * frame.examples);
    frame.device.eachRow(size, frame.examples,
                         BinarySlope{frame.view(inputs[0]), frame.view(inputs[1]), sides[0].source(), sides[1].source(), function, which == 1,
                                     wanted, slope.data(), frame.examples});
    return {wanted, sides[which].source(), slope.data()};
  }

  /// `isLast`: nobody needs the cotangent of the output afterwards.
  void give(Walk& walk, int which, const Floats& slope, bool isLast) const {
    if (!walk.wants(inputs[which])) return;
    const Links links = sides[which].table.links();
    const bool isMinus = function == Function::Sub && which == 1;
    if (!isPlain()) return pull(walk, inputs[which], outputs[0], links, PerOutput{slope.data(), walk.frame.examples});
    if (isMinus) return pull(walk, inputs[which], outputs[0], links, MinusOnes{});
    if (isLast && sides[which].isSame()) return walk.move(outputs[0], inputs[which]);
    pull(walk, inputs[which], outputs[0], links, Ones{});
  }
};

}  // namespace

std::unique_ptr<Operation> makeBinary(const Making& making) {
  const Maker& maker = making.maker;
  maker.expectCounts(2, 2, 1, 0, 0);
  const int32_t function = maker.instruction().ints[0];
  maker.expect(function >= unaryFunctionCount && function < functionCount, "a binary function");
  auto op = std::make_unique<Binary>();
  op->function = static_cast<Function>(function);
  for (size_t i = 0; i < 2; i++) op->sides[i] = readSide(making, i);
  return op;
}

}  // namespace agon::cuda
