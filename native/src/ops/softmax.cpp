// Softmax and LogSoftmax over the middle axis of [outer, extent, inner].
#include <algorithm>
#include <cmath>

#include "mix.h"

namespace agon {

namespace {

class Softmax : public Operation {
 public:
  int64_t outer, extent, inner;
  bool log;

  void forward(Frame& frame) const override {
    const float* x = frame.data[inputs[0]];
    float* y = frame.write(outputs[0]);
    frame.pool.each(outer * inner, 16, [&](int64_t begin, int64_t end) {
      for (int64_t group = begin; group < end; group++) {
        const int64_t base = first(group);
        float most = x[base];
        for (int64_t k = 1; k < extent; k++) most = std::max(most, x[base + k * inner]);
        double sum = 0;
        for (int64_t k = 0; k < extent; k++) sum += std::exp(static_cast<double>(x[base + k * inner]) - most);
        const double logSum = std::log(sum);
        for (int64_t k = 0; k < extent; k++) {
          const double power = static_cast<double>(x[base + k * inner]) - most - logSum;
          y[base + k * inner] = static_cast<float>(log ? power : std::exp(power));
        }
      }
    });
  }

  /// With p the probabilities and G the cotangent: softmax dx = p G - p T, T = sum(p G); log-softmax dx = G - p T, T = sum(G).
  /// a: {p, -p} or {1, -p} per element: the factor of G (in T as well) and that of T.
  void linearize(Frame& frame) const override {
    Operation::linearize(frame);
    const float* y = frame.data[outputs[0]];
    auto& a = local(frame).a;
    const int64_t size = outer * extent * inner;
    a.resize(2 * size);
    for (int64_t e = 0; e < size; e++) {
      a[2 * e] = log ? 1.0f : y[e];
      a[2 * e + 1] = log ? -static_cast<float>(std::exp(static_cast<double>(y[e]))) : -y[e];
    }
  }

  void backward(Walk& walk) const override {
    const Cotangent g = walk.take(outputs[0]);
    const auto place = [&](size_t at) {
      const int64_t e = static_cast<int64_t>(at);
      return Place{e / (extent * inner) * inner + e % inner, static_cast<int32_t>(e)};
    };
    const int64_t groups = outer * inner;
    const auto recipe = walk.recipe<MixRecipe>(0, {g.rows}, 0, [&] {
      auto fresh = std::make_shared<MixRecipe>();
      fresh->alive = listRows(g.rows->row, groups, place);
      const auto& offsets = fresh->alive.offsets;
      numberFresh(*fresh, walk.mask(inputs[0]), groups, place, [&](int64_t b) { return offsets[b] < offsets[b + 1]; });
      return fresh;
    });
    if (!recipe->rows) return;
    const BlockPtr to = walk.allocate(recipe->rows->count);
    if (!walk.dry) run(walk, *recipe, g, to);
    walk.give(inputs[0], {recipe->rows, to});
  }

 private:
  int64_t first(int64_t group) const { return group / inner * extent * inner + group % inner; }

  void run(Walk& walk, const MixRecipe& recipe, const Cotangent& g, const BlockPtr& to) const {
    const auto& a = local(walk.frame).a;
    const Kernels& k = walk.frame.kernels;
    const Lists &alive = recipe.alive, &wanted = recipe.wanted;
    walk.frame.pool.each(outer * inner, 1, [&](int64_t begin, int64_t end) {
      const Buffer total(walk.lanes);
      float* const sum = total.data();
      const int32_t at[] = {0};
      std::vector<Term> terms;
      for (int64_t group = begin; group < end; group++) {
        terms.clear();
        for (int32_t i = alive.offsets[group]; i < alive.offsets[group + 1]; i++)
          terms.push_back({&a[2 * alive.item[i]], walk.row(g.block, alive.row[i])});
        if (terms.empty()) continue;
        k.combine(terms.data(), static_cast<int64_t>(terms.size()), at, &sum, 1, walk.lanes);
        for (int32_t i = wanted.offsets[group]; i < wanted.offsets[group + 1]; i++) {
          const int64_t e = wanted.item[i];
          Term two[2];
          int64_t count = 0;
          if (g.rows->row[e] >= 0) two[count++] = {&a[2 * e], walk.row(g.block, g.rows->row[e])};
          two[count++] = {&a[2 * e + 1], sum};
          float* out = walk.row(to, wanted.row[i]);
          k.combine(two, count, at, &out, 1, walk.lanes);
        }
      }
    });
  }
};

}  // namespace

std::unique_ptr<Operation> makeSoftmax(Maker& maker) {
  maker.expectCounts(1, 1, 3, 0, 0);
  maker.keepConstant(0);
  auto op = std::make_unique<Softmax>();
  op->outer = maker.positive(0);
  op->extent = maker.positive(1);
  op->inner = maker.positive(2);
  op->log = maker.instruction().kind == Kind::LogSoftmax;
  maker.expect(op->outer * op->extent * op->inner == maker.inputSize(0), "ints that multiply to the size of the input");
  maker.expect(maker.outputSize() == maker.inputSize(0), "input and output of one size");
  return op;
}

}  // namespace agon
