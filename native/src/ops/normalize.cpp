// Layer, instance and group normalisation: groups of elements are brought to mean 0 and variance 1.
#include <cmath>

#include "../batch/batch.h"
#include "../batch/mix-lanes.h"
#include "mix.h"

namespace agon {

namespace {

class Normalize : public Operation {
 public:
  int64_t groups, extent;
  double epsilon;
  std::vector<float> scale, shift;  // empty: 1 and 0
  std::vector<int32_t> map;

  void forward(Frame& frame) const override {
    const float* x = frame.data[inputs[0]];
    float* y = frame.write(outputs[0]);
    for (int64_t g = 0; g < groups; g++) {
      const Moments of = moments(x + g * extent);
      for (int64_t e = g * extent; e < (g + 1) * extent; e++) {
        const double normal = (x[e] - of.mean) * of.inverse;
        y[e] = static_cast<float>(normal * scaleAt(e) + (shift.empty() ? 0.0 : shift[map[e]]));
      }
    }
  }

  /// With x^ the normalised x, c the scale, s = 1 / sqrt(variance + epsilon), G the cotangent:
  /// dx = s c G - s M - s x^ N, M = mean(c G), N = mean(c G x^) per group.
  /// a: {c / extent, c x^ / extent} per element (the terms of M and N); b: {s c, -s, -s x^} per element (the terms of dx).
  void linearize(Frame& frame) const override {
    Operation::linearize(frame);
    const float* x = frame.data[inputs[0]];
    auto &a = local(frame).a, &b = local(frame).b;
    a.resize(2 * groups * extent);
    b.resize(3 * groups * extent);
    for (int64_t g = 0; g < groups; g++) {
      const Moments of = moments(x + g * extent);
      for (int64_t e = g * extent; e < (g + 1) * extent; e++) {
        const double normal = (x[e] - of.mean) * of.inverse, c = scaleAt(e);
        a[2 * e] = static_cast<float>(c / static_cast<double>(extent));
        a[2 * e + 1] = static_cast<float>(c * normal / static_cast<double>(extent));
        b[3 * e] = static_cast<float>(of.inverse * c);
        b[3 * e + 1] = static_cast<float>(-of.inverse);
        b[3 * e + 2] = static_cast<float>(-of.inverse * normal);
      }
    }
  }

  int64_t denseProducts(const Frame&) const override { return 5 * groups * extent; }

  void backward(Walk& walk) const override { propagate(walk, false); }

  bool canBatch() const override { return true; }
  int64_t batchRowsKept() const override { return 5; }
  void forwardBatch(Batch& batch) const override { forwardByLane(batch, *this); }
  void backwardBatch(Walk& walk) const override { propagate(walk, true); }

 private:
  void propagate(Walk& walk, bool isBatch) const {
    const Cotangent g = walk.take(outputs[0]);
    const Layout layout = {{1, groups, extent}, {0, 1, 0}, {0, extent, 1}, groups};
    const auto recipe = groupRecipe(walk, g.rows, inputs[0], layout, 2);
    if (!recipe->rows) return;
    const BlockPtr to = walk.allocate(recipe->rows->count);
    if (!walk.dry) isBatch ? runLanes(walk, *recipe, g, to) : run(walk, *recipe, g, to);
    walk.give(inputs[0], {recipe->rows, to});
  }

  struct Moments {
    double mean, inverse;
  };

  double scaleAt(int64_t e) const { return scale.empty() ? 1.0 : scale[map[e]]; }

  Moments moments(const float* x) const {
    double sum = 0, squares = 0;
    for (int64_t e = 0; e < extent; e++) sum += x[e];
    const double mean = sum / static_cast<double>(extent);
    for (int64_t e = 0; e < extent; e++) squares += (x[e] - mean) * (x[e] - mean);
    return {mean, 1 / std::sqrt(squares / static_cast<double>(extent) + epsilon)};
  }

  void run(Walk& walk, const MixRecipe& recipe, const Cotangent& g, const BlockPtr& to) const {
    const Local& l = local(walk.frame);
    const AliveLists& alive = recipe.alive;
    walk.frame.pool.each(groups, grainOf(groups, 8.0 * static_cast<double>(groups * extent) * walk.planes()), [&](int64_t begin, int64_t end) {
      GroupRows shared(walk, g);
      TermList terms;
      for (int64_t group = begin; group < end; group++) {
        if (alive.count(group) == 0) continue;
        terms.clear();
        terms.add(alive, alive.offsets[group], alive.offsets[group + 1], 2, 0);
        shared.sum(terms.terms(l.a.data(), g.block->data()), {0, 1});
        shared.spread(l.b.data(), recipe, group, to);
      }
    });
  }

  /// The same with factors of every lane's own, and rows of one plane.
  void runLanes(Walk& walk, const MixRecipe& recipe, const Cotangent& g, const BlockPtr& to) const {
    const float *const a = local(walk.frame).rowsA.data(), *const b = local(walk.frame).rowsB.data();
    const LaneKernels& k = laneKernels(walk.frame.kernels);
    const AliveLists& alive = recipe.alive;
    const Lists& wanted = recipe.wanted;
    walk.frame.pool.each(groups, grainOf(groups, 8.0 * static_cast<double>(groups * extent)), [&](int64_t begin, int64_t end) {
      const Buffer means(2 * batchLanes);
      float* const pair[] = {means.data(), means.data() + batchLanes};
      const int32_t at[] = {0, 1};
      std::vector<Term> terms;
      for (int64_t group = begin; group < end; group++) {
        terms.clear();
        for (int32_t i = alive.offsets[group]; i < alive.offsets[group + 1]; i++)
          terms.push_back({a + int64_t{2} * alive.item[i] * batchLanes, walk.row(g.block, alive.row[i])});
        if (terms.empty()) continue;
        k.combine(terms.data(), static_cast<int64_t>(terms.size()), at, pair, 2);
        for (int32_t i = wanted.offsets[group]; i < wanted.offsets[group + 1]; i++) {
          const int32_t row = g.rows->row[wanted.item[i]];
          const float* const own = b + int64_t{3} * wanted.item[i] * batchLanes;
          Term three[3];
          int64_t count = 0;
          if (row >= 0) three[count++] = {own, walk.row(g.block, row)};
          three[count++] = {own + batchLanes, pair[0]};
          three[count++] = {own + 2 * batchLanes, pair[1]};
          float* out = walk.row(to, i);
          k.combine(three, count, at, &out, 1);
        }
      }
    });
  }
};

}  // namespace

std::unique_ptr<Operation> makeNormalize(Maker& maker) {
  maker.expectCounts(1, 3, 2, 1, 0);
  maker.keepConstant(0);
  auto op = std::make_unique<Normalize>();
  op->groups = maker.positive(0);
  op->extent = maker.positive(1);
  op->epsilon = maker.instruction().numbers[0];
  maker.expect(op->groups * op->extent == maker.inputSize(0), "groups * extent = size of the input");
  maker.expect(maker.outputSize() == maker.inputSize(0), "input and output of one size");
  if (maker.has(1) || maker.has(2)) {
    const int64_t size = maker.inputSize(maker.has(1) ? 1 : 2);
    if (maker.has(1)) op->scale = maker.constant(1, size);
    if (maker.has(2)) op->shift = maker.constant(2, size);
    op->map = maker.tableOrIdentity(0, maker.outputSize(), size);
    if (op->map.empty())
      for (int64_t e = 0; e < size; e++) op->map.push_back(static_cast<int32_t>(e));
  }
  return op;
}

}  // namespace agon
