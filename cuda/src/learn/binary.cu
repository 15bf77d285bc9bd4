#include <agon/scalar.h>

#include "sums.h"

namespace agon::cuda {

namespace {

/// One side of a function of two values, by element of the output.
struct Operand {
  View of;
  const int32_t* map;  // null: the same element
  AGON_HD float at(int64_t e, int32_t n) const { return of.at(map ? map[e] : e, n); }
};

/// The derivative by one side.
struct BinarySlope {
  Operand a, b;
  Function function;
  bool isA;
  AGON_HD float operator()(int64_t e, int32_t n) const {
    switch (function) {
      case Function::Add: return 1;
      case Function::Sub: return isA ? 1.0f : -1.0f;
      case Function::Mul: return isA ? b.at(e, n) : a.at(e, n);
      default: {
        const double p = a.at(e, n), q = b.at(e, n);
        return static_cast<float>(isA ? derivativeA(function, p, q) : derivativeB(function, p, q));
      }
    }
  }
};

/// dp[e] = sum over examples and the elements that read e of dy f'.
class Binary : public ParameterGradient {
 public:
  Function function;
  bool isA;
  Ints maps[2];
  Spreading spreading;
  int32_t inputs[2], y;

  void add(const Walk& walk, float* out) const override {
    const auto operand = [&](int side) { return Operand{walk.frame.view(inputs[side]), maps[side].data()}; };
    spreading.add(walk, y, BinarySlope{operand(0), operand(1), function, isA}, 1, out);
  }
};

}  // namespace

std::unique_ptr<ParameterGradient> learnBinary(const Making& making, size_t input) {
  const Maker& maker = making.maker;
  maker.expectCounts(2, 2, 1, 0, 0);
  const Instruction& it = maker.instruction();
  maker.expect(it.ints[0] >= unaryFunctionCount && it.ints[0] < functionCount, "a binary function");
  auto gradient = std::make_unique<Binary>();
  gradient->function = static_cast<Function>(it.ints[0]);
  gradient->isA = input == 0;
  for (size_t side = 0; side < 2; side++) {
    const std::vector<int32_t> map = side < it.tables.size() ? it.tables[side] : std::vector<int32_t>();
    if (!map.empty()) gradient->maps[side] = Ints(making.device, map);
    if (side == input) gradient->spreading = Spreading(making.device, map, maker.inputSize(side));
    gradient->inputs[side] = it.inputs[side];
  }
  gradient->y = it.outputs[0];
  return gradient;
}

}  // namespace agon::cuda
