// Softmax and LogSoftmax over the middle axis of [outer, extent, inner].
#include <algorithm>
#include <cmath>

#include "../batch/batch.h"
#include "../batch/mix-lanes.h"
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
    frame.pool.each(outer * inner, std::max<int64_t>(1, 1024 / extent), [&](int64_t begin, int64_t end) {
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

  /// With p the probabilities and G the cotangent: softmax dx_i = p_i (G_i - sum_j p_j G_j), log-softmax dx_i = G_i - p_i sum_j G_j.
  /// Where one probability p_m is nearly 1, that difference of nearly equal numbers would be lost to rounding, so element m, the likeliest of
  /// its group, is kept out of the sum S and its own factor is 1 - p_m, added up from the others:
  ///   softmax:     dx_m = p_m (1 - p_m) G_m - p_m S,  dx_i = p_i G_i - p_i S - p_i p_m G_m,  S = sum over j != m of p_j G_j
  ///   log-softmax: dx_m = (1 - p_m) G_m - p_m S,      dx_i = G_i - p_i S - p_i G_m,          S = sum over j != m of G_j
  /// a: the factors of G_i (in S as well), S and G_m for every element; index: m for every group.
  void linearize(Frame& frame) const override {
    Operation::linearize(frame);
    const float* y = frame.data[outputs[0]];
    auto& a = local(frame).a;
    auto& likeliest = local(frame).index;
    a.resize(3 * outer * extent * inner);
    likeliest.resize(outer * inner);
    const auto probability = [&](int64_t e) { return log ? std::exp(static_cast<double>(y[e])) : static_cast<double>(y[e]); };
    for (int64_t group = 0; group < outer * inner; group++) {
      const int64_t base = first(group);
      int64_t m = base;
      for (int64_t k = 1; k < extent; k++)
        if (y[base + k * inner] > y[m]) m = base + k * inner;
      double others = 0;
      for (int64_t k = 0; k < extent; k++)
        if (base + k * inner != m) others += probability(base + k * inner);
      for (int64_t k = 0; k < extent; k++) {
        const int64_t e = base + k * inner;
        const double p = probability(e), scale = log ? 1 : p;
        a[3 * e] = static_cast<float>(e == m ? scale * others : scale);
        a[3 * e + 1] = static_cast<float>(-p);
        a[3 * e + 2] = e == m ? 0 : static_cast<float>(-p * (log ? 1 : probability(m)));
      }
      likeliest[group] = static_cast<int32_t>(m);
    }
  }

  int64_t denseProducts(const Frame&) const override { return 4 * outer * extent * inner; }

  void backward(Walk& walk) const override { propagate(walk, false); }

  bool canBatch() const override { return true; }
  int64_t batchRowsKept() const override { return 4; }
  void forwardBatch(Batch& batch) const override { forwardByLane(batch, *this); }
  void backwardBatch(Walk& walk) const override { propagate(walk, true); }

 private:
  void propagate(Walk& walk, bool isBatch) const {
    const Cotangent g = walk.take(outputs[0]);
    const Layout layout = {{outer, extent, inner}, {inner, 0, 1}, {extent * inner, inner, 1}, outer * inner};
    const auto recipe = groupRecipe(walk, g.rows, inputs[0], layout, 1);
    if (!recipe->rows) return;
    const Finish finish = finishOf(walk, 1, inputs[0], recipe->rows);
    const BlockPtr to = walk.allocate(recipe->rows->count);
    if (!walk.dry) isBatch ? runLanes(walk, *recipe, g, to) : run(walk, *recipe, g, to, finish);
    walk.give(finish.value, {recipe->rows, to});
  }

  int64_t first(int64_t group) const { return group / inner * extent * inner + group % inner; }

  void run(Walk& walk, const MixRecipe& recipe, const Cotangent& g, const BlockPtr& to, const Finish& finish) const {
    const float* const factors = local(walk.frame).a.data();
    const int32_t* const likeliest = local(walk.frame).index.data();
    const AliveLists& alive = recipe.alive;
    const int32_t *const item = alive.item.data(), *const row = g.rows->row.data();
    walk.frame.pool.each(outer * inner, grainOf(outer * inner, 8.0 * static_cast<double>(outer * extent * inner) * walk.planes()), [&](int64_t begin, int64_t end) {
      GroupRows shared(walk, g);
      TermList terms;
      for (int64_t group = begin; group < end; group++) {
        const int32_t m = likeliest[group], first = alive.offsets[group], last = alive.offsets[group + 1];
        const int64_t before = std::lower_bound(item + first, item + last, m) - item;
        terms.clear();
        terms.add(alive, first, before, 3, 0);
        terms.add(alive, before + (row[m] >= 0), last, 3, 0);
        shared.sum(terms.terms(factors, g.block->data()), {0});
        shared.copy(row[m]);
        shared.spread(factors, recipe, group, to);
        finish.take(walk, walk.view(to), recipe.wanted.offsets[group], recipe.wanted.offsets[group + 1]);
      }
    });
  }

  /// The same where m is another in every lane: its term of S gets the factor 0, and G_m is gathered lane by lane.
  void runLanes(Walk& walk, const MixRecipe& recipe, const Cotangent& g, const BlockPtr& to) const {
    const float* const factors = local(walk.frame).rowsA.data();
    const int32_t* const likeliest = local(walk.frame).index.data();
    const LaneKernels& k = laneKernels(walk.frame.kernels);
    const auto& row = g.rows->row;
    walk.frame.pool.each(outer * inner, 1, [&](int64_t begin, int64_t end) {
      const Buffer sum(batchLanes), ofLikeliest(batchLanes), others(extent * batchLanes);
      float* const total = sum.data();
      const int32_t at[] = {0};
      std::vector<Term> terms;
      for (int64_t group = begin; group < end; group++) {
        const int32_t* m = likeliest + group * batchLanes;
        terms.clear();
        for (int32_t i = recipe.alive.offsets[group]; i < recipe.alive.offsets[group + 1]; i++) {
          float* own = others.data() + static_cast<int64_t>(terms.size()) * batchLanes;
          const int32_t e = recipe.alive.item[i];
          for (int l = 0; l < batchLanes; l++) own[l] = m[l] == e ? 0.0f : factors[int64_t{3} * e * batchLanes + l];
          terms.push_back({own, walk.row(g.block, recipe.alive.row[i])});
        }
        k.combine(terms.data(), static_cast<int64_t>(terms.size()), at, &total, 1);
        for (int l = 0; l < batchLanes; l++) ofLikeliest.data()[l] = row[m[l]] < 0 ? 0.0f : walk.row(g.block, row[m[l]])[l];
        for (int32_t i = recipe.wanted.offsets[group]; i < recipe.wanted.offsets[group + 1]; i++) {
          const int64_t e = recipe.wanted.item[i];
          const float* own = factors + 3 * e * batchLanes;
          Term parts[3];
          int64_t count = 0;
          if (row[e] >= 0) parts[count++] = {own, walk.row(g.block, row[e])};
          parts[count++] = {own + batchLanes, total};
          parts[count++] = {own + 2 * batchLanes, ofLikeliest.data()};
          float* out = walk.row(to, i);
          k.combine(parts, count, at, &out, 1);
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
