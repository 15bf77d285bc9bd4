#include <agon/scalar.h>

#include <algorithm>

#include "step.h"

namespace agon {

namespace {

/// y[e] = f(a[map[e]], b[map[e]]), where either side may be a constant; a constant that is fitted gets its sum over the batch.
class Binary : public LearnStep {
 public:
  Function function;
  std::vector<int32_t> maps[2];  // empty: the same element

  void forward(Learning& of) override {
    switch (function) {
      case Function::Add: return each(of, [](float a, float b) { return a + b; });
      case Function::Sub: return each(of, [](float a, float b) { return a - b; });
      case Function::Mul: return each(of, [](float a, float b) { return a * b; });
      default:
        return each(of, [this](float a, float b) { return static_cast<float>(evaluate(function, static_cast<double>(a), static_cast<double>(b))); });
    }
  }

  void backward(Learning& of) override {
    for (int side = 0; side < 2; side++)
      if (gives[side]) backwardSide(of, side);
  }

  bool forgetsOutput() const override { return true; }

 private:
  /// A row of lanes of one side at element e of the output; a constant fills `filled`.
  const float* row(Learning& of, int side, int64_t g, int64_t e, float* filled) const {
    const int32_t value = inputs[side];
    const int64_t at = maps[side].empty() ? e : maps[side][e];
    if (!of.isConstant[of.place[value]]) return of.rows(value) + g * of.groupSize(value) + at * learnLanes;
    std::fill(filled, filled + learnLanes, of.rows(value)[at]);
    return filled;
  }

  template <class Value>
  void each(Learning& of, Value value) const {
    const int64_t size = of.sizes[output];
    of.pool.each(of.groups * size, 1 << 10, [&](int64_t begin, int64_t end) {
      alignas(64) float filled[2][learnLanes];
      for (int64_t i = begin; i < end; i++) {
        const float *a = row(of, 0, i / size, i % size, filled[0]), *b = row(of, 1, i / size, i % size, filled[1]);
        float* y = of.write(output) + i * learnLanes;
        for (int l = 0; l < learnLanes; l++) y[l] = value(a[l], b[l]);
      }
    });
  }

  float slope(int side, float a, float b) const {
    switch (function) {
      case Function::Add: return 1;
      case Function::Sub: return side == 0 ? 1.0f : -1.0f;
      case Function::Mul: return side == 0 ? b : a;
      default: return static_cast<float>(side == 0 ? derivativeA(function, a, b) : derivativeB(function, a, b));
    }
  }

  /// to[l] += dy f'(a, b), element e of group g.
  void addSlopes(Learning& of, int side, int64_t g, int64_t e, float* to) const {
    alignas(64) float filled[2][learnLanes];
    const float *a = row(of, 0, g, e, filled[0]), *b = row(of, 1, g, e, filled[1]);
    const float* dy = of.cotangent(output) + g * of.groupSize(output) + e * learnLanes;
    for (int l = 0; l < learnLanes; l++) to[l] += dy[l] * slope(side, a[l], b[l]);
  }

  void backwardSide(Learning& of, int side) {
    const int32_t value = inputs[side];
    const int64_t size = of.sizes[output];
    const auto at = [&](int64_t e) { return maps[side].empty() ? e : int64_t{maps[side][e]}; };
    float* d = of.cotangent(value);
    if (of.isConstant[of.place[value]]) {
      std::vector<float> sums(size);
      of.pool.each(size, 1 + 2000 / of.groups, [&](int64_t begin, int64_t end) {
        for (int64_t e = begin; e < end; e++) sums[e] = sumOverBatch(of.groups, [&](int64_t g, float* lanes) { addSlopes(of, side, g, e, lanes); });
      });
      if (!adds[side]) std::fill(d, d + of.sizes[value], 0.0f);
      for (int64_t e = 0; e < size; e++) d[at(e)] += sums[e];
      return;
    }
    of.pool.each(of.groups, 1, [&](int64_t begin, int64_t end) {
      for (int64_t g = begin; g < end; g++) {
        float* to = d + g * of.groupSize(value);
        if (!adds[side]) std::fill(to, to + of.groupSize(value), 0.0f);
        for (int64_t e = 0; e < size; e++) addSlopes(of, side, g, e, to + at(e) * learnLanes);
      }
    });
  }
};

/// y[e] = x[e] scale[map[e]] + shift[map[e]], with constants that are not fitted.
class Affine : public LearnStep {
 public:
  std::vector<int32_t> map;

  void forward(Learning& of) override {
    const float *scale = of.rows(inputs[1]), *shift = of.rows(inputs[2]);
    eachRow(of, of.rows(inputs[0]), of.write(output), [&](int64_t e, const float* x, float* y) {
      for (int l = 0; l < learnLanes; l++) y[l] = x[l] * scale[map[e]] + shift[map[e]];
    });
  }

  void backward(Learning& of) override {
    const float* scale = of.rows(inputs[1]);
    const bool isAdded = adds[0];
    eachRow(of, of.cotangent(output), of.cotangent(inputs[0]), [&](int64_t e, const float* dy, float* dx) {
      for (int l = 0; l < learnLanes; l++) dx[l] = (isAdded ? dx[l] : 0.0f) + dy[l] * scale[map[e]];
    });
  }

  bool forgetsOutput() const override { return true; }

 private:
  template <class Visit>
  void eachRow(Learning& of, const float* from, float* to, Visit visit) const {
    const int64_t size = of.sizes[output];
    of.pool.each(of.groups * size, 1 << 10, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; i++) visit(i % size, from + i * learnLanes, to + i * learnLanes);
    });
  }
};

}  // namespace

std::unique_ptr<LearnStep> learnBinary(Maker& maker) {
  maker.expectCounts(2, 2, 1, 0, 0);
  auto step = std::make_unique<Binary>();
  const int32_t f = maker.instruction().ints[0];
  maker.expect(f >= unaryFunctionCount && f < functionCount, "a binary function");
  step->function = static_cast<Function>(f);
  for (size_t side = 0; side < 2; side++) step->maps[side] = maker.tableOrIdentity(side, maker.outputSize(), maker.inputSize(side));
  return step;
}

std::unique_ptr<LearnStep> learnAffine(Maker& maker) {
  maker.expectCounts(3, 3, 0, 0, 1);
  auto step = std::make_unique<Affine>();
  maker.expect(!maker.isConstant(0) && maker.inputSize(0) == maker.outputSize(), "input and output of one size");
  for (const size_t input : {1, 2}) maker.constant(input, maker.inputSize(1));
  step->map = maker.table(0, maker.outputSize(), 0, maker.inputSize(1));
  return step;
}

}  // namespace agon
