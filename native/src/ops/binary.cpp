// Elementwise functions of two values, with broadcasting through tables.
#include <agon/scalar.h>

#include "../batch/pull.h"
#include "../few/few.h"
#include "../walk.h"
#include "binary-batch.h"
#include "grain.h"

namespace agon {

namespace {

class Binary : public Operation {
 public:
  Function function;
  std::vector<int32_t> mapA, mapB;  // empty: the same element

  void forward(Frame& frame) const override {
    const float *a = frame.data[inputs[0]], *b = frame.data[inputs[1]];
    float* y = frame.write(outputs[0]);
    frame.pool.each(frame.size(outputs[0]), grain, [&](int64_t begin, int64_t end) {
      // The first four are rounded once, as they would be from float64.
      switch (function) {
        case Function::Add: return each(a, b, y, begin, end, [](float p, float q) { return p + q; });
        case Function::Sub: return each(a, b, y, begin, end, [](float p, float q) { return p - q; });
        case Function::Mul: return each(a, b, y, begin, end, [](float p, float q) { return p * q; });
        case Function::Div: return each(a, b, y, begin, end, [](float p, float q) { return p / q; });
        default:
          return each(a, b, y, begin, end, [this](float p, float q) { return static_cast<float>(evaluate(function, static_cast<double>(p), static_cast<double>(q))); });
      }
    });
  }

  /// a, b: the derivatives per element of the output, 0 where that input is not wanted; empty for the ones of a sum.
  void linearize(Frame& frame) const override {
    if (!isDifferentiable(function)) return;
    const MaskPtr &wantedA = frame.wanted[inputs[0]], &wantedB = frame.wanted[inputs[1]];
    const int64_t size = frame.size(outputs[0]);
    Mask y(size, 0);
    const bool onesA = function == Function::Add || function == Function::Sub, onesB = function == Function::Add;
    if (function == Function::Mul) {
      if (wantedA) slopes(frame, [](float, float b) { return b; }, false, *wantedA, mapA, local(frame).a, y);
      if (wantedB) slopes(frame, [](float a, float) { return a; }, false, *wantedB, mapB, local(frame).b, y);
    } else {
      if (wantedA) slopes(frame, [this](float a, float b) { return static_cast<float>(derivativeA(function, a, b)); }, onesA, *wantedA, mapA, local(frame).a, y);
      if (wantedB) slopes(frame, [this](float a, float b) { return static_cast<float>(derivativeB(function, a, b)); }, onesB, *wantedB, mapB, local(frame).b, y);
    }
    frame.want(outputs[0], std::move(y));
  }

  bool readsUnmade() const override { return mapA.empty() && mapB.empty(); }
  void backward(Walk& walk) const override {
    Cotangent g = readsUnmade() ? walk.takeUnmade(outputs[0]) : walk.take(outputs[0]);
    const Local& l = local(walk.frame);
    walk.pull(0, inputs[0], walk.wants(inputs[1]) ? g : std::move(g), links(mapA, l.a));
    walk.pull(1, inputs[1], std::move(g), links(mapB, l.b));
  }

  bool isElementwise() const override {
    return isDifferentiable(function) && (mapA.empty() || hasConstant[0]) && (mapB.empty() || hasConstant[1]);
  }
  bool hasSlopes() const override { return function != Function::Add && (function != Function::Sub || !hasConstant[1]); }
  const float* slope(const Frame& frame, size_t which) const override {
    const auto& slopes = which == 0 ? frame.locals[index].a : frame.locals[index].b;
    return slopes.empty() ? nullptr : slopes.data();
  }

  bool canBatch() const override { return true; }
  void forwardBatch(Batch& batch) const override { inBatch().forward(batch); }

  void backwardBatch(Walk& walk) const override {
    Cotangent g = walk.take(outputs[0]);
    const Local& l = local(walk.frame);
    Cotangent own = walk.wants(inputs[1]) ? g : std::move(g);
    if (inBatch().isSharedA()) {
      walk.pull(0, inputs[0], std::move(own), links(mapA, l.a));
    } else {
      pullLanes(walk, 0, inputs[0], std::move(own), {mapA.empty() ? nullptr : mapA.data(), l.rowsA.data(), nullptr});
    }
    if (inBatch().isSharedB()) {
      walk.pull(1, inputs[1], std::move(g), links(mapB, l.b));
    } else {
      pullLanes(walk, 1, inputs[1], std::move(g), {mapB.empty() ? nullptr : mapB.data(), l.rowsB.data(), nullptr});
    }
  }

  bool canFew() const override { return function == Function::Add && mapA.empty() && mapB.empty() && !hasConstant[0] && !hasConstant[1]; }
  void forwardFew(Few& few) const override {
    const float *a = few.read(inputs[0]), *b = few.read(inputs[1]);
    float* y = few.write(outputs[0]);
    if (few.dry) return;
    eachRow(few, few.rows(outputs[0]), [&](int64_t begin, int64_t end) {
      for (int64_t i = begin * batchLanes; i < end * batchLanes; i++) y[i] = a[i] + b[i];
    });
  }
  void backwardFew(Few& few) const override {
    const BlockPtr g = few.take(outputs[0]);
    for (const int32_t v : inputs)
      if (few.wants(v)) few.give(v, g);
  }

 private:
  BinaryBatch inBatch() const {
    return {function, mapA, mapB, inputs[0], inputs[1], outputs[0], hasConstant[0] != 0, hasConstant[1] != 0};
  }

  template <class Of>
  void each(const float* a, const float* b, float* y, int64_t begin, int64_t end, Of of) const {
    if (mapA.empty() && mapB.empty()) {
      for (int64_t e = begin; e < end; e++) y[e] = of(a[e], b[e]);
    } else {
      for (int64_t e = begin; e < end; e++) y[e] = of(a[at(mapA, e)], b[at(mapB, e)]);
    }
  }

  static int64_t at(const std::vector<int32_t>& map, int64_t e) { return map.empty() ? e : map[e]; }

  static Links links(const std::vector<int32_t>& map, const std::vector<float>& slope) {
    return {nullptr, map.empty() ? nullptr : map.data(), slope.empty() ? nullptr : slope.data()};
  }

  template <class Derivative>
  void slopes(Frame& frame, Derivative of, bool ones, const Mask& wanted, const std::vector<int32_t>& map, std::vector<float>& slope, Mask& y) const {
    const float *a = frame.data[inputs[0]], *b = frame.data[inputs[1]];
    const int64_t size = static_cast<int64_t>(y.size());
    if (!ones) slope.resize(size);
    frame.pool.each(size, grain, [&](int64_t begin, int64_t end) {
      for (int64_t e = begin; e < end; e++) {
        const bool is = wanted[at(map, e)];
        if (!ones) slope[e] = is ? of(a[at(mapA, e)], b[at(mapB, e)]) : 0.0f;
        if (ones ? is : slope[e] != 0) y[e] = 1;
      }
    });
  }
};

}  // namespace

std::unique_ptr<Operation> makeBinary(Maker& maker) {
  maker.expectCounts(2, 2, 1, 0, 0);
  const int32_t function = maker.instruction().ints[0];
  maker.expect(function >= unaryFunctionCount && function < functionCount, "a binary function");
  maker.keepConstant(0);
  maker.keepConstant(1);
  auto op = std::make_unique<Binary>();
  op->function = static_cast<Function>(function);
  op->mapA = maker.tableOrIdentity(0, maker.outputSize(), maker.inputSize(0));
  op->mapB = maker.tableOrIdentity(1, maker.outputSize(), maker.inputSize(1));
  return op;
}

}  // namespace agon
