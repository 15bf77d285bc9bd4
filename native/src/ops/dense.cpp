// y = alpha x W + shift of one line x: a dense layer. All of W comes from memory, or the last cache, once per pass, so it is kept once for both ways, and what
// is not needed of it is left unread: lines of inputs that are 0 on the way forward, and of outputs that are not alive on the way back.
#include <algorithm>
#include <cmath>
#include <limits>

#include "../batch/batch.h"
#include "dense.h"
#include "mix.h"

namespace agon {

namespace {

/// Lines of W, and outputs, whose part of it stays in the second cache beside the sums of the lines.
constexpr int64_t linesTogether = 512, outputsTogether = 128;
/// Products of a plane of lanes that take as long as one whose weights come from memory.
constexpr double memoryProducts = 4;

class Dense : public Operation {
 public:
  int64_t k, n;
  float alpha;
  std::vector<float> shift;
  Buffer columns;  // [n / width][k][width]
  int64_t width;
  /// All weights are finite, so that nothing but 0 comes from an input that is 0.
  bool isFinite = true;

  float& weight(int64_t line, int64_t output) const { return columns.data()[outputAt(output) + line * width]; }
  int64_t panels() const { return (n + width - 1) / width; }

  /// A sum takes its products by ascending line.
  void forward(Frame& frame) const override {
    const float* x = frame.data[inputs[0]];
    float* const y = frame.write(outputs[0]);
    std::vector<int32_t> line(k), place(k);
    int64_t count = 0;
    for (int64_t i = 0; i < k; i++) {
      line[count] = static_cast<int32_t>(i);
      place[count] = static_cast<int32_t>(i * width / planeLanes);
      count += !isFinite || x[i] != 0;
    }
    const double work = memoryProducts * static_cast<double>(count * panels() * width / planeLanes);
    frame.pool.each(panels(), grainOf(panels(), work), [&](int64_t begin, int64_t end) {
      alignas(64) float sums[mostPlanes * planeLanes];
      const int32_t first = 0;
      for (int64_t p = begin; p < end; p++) {
        frame.kernels.mix({x, columns.data() + p * width * k, line.data(), place.data(), count}, {&first, sums, 1},
                          {static_cast<int>(width / planeLanes), planeLanes, planeLanes});
        for (int64_t o = p * width; o < std::min(n, (p + 1) * width); o++) y[o] = finished(sums[o - p * width], o);
      }
    });
  }

  int64_t denseProducts(const Frame&) const override { return k * n; }

  void backward(Walk& walk) const override {
    const Cotangent g = walk.take(outputs[0]);
    const auto recipe = walk.recipe<MixRecipe>(0, {g.rows}, 0, [&] {
      std::vector<int32_t> at(n);
      for (int64_t o = 0; o < n; o++) at[o] = static_cast<int32_t>(outputAt(o));
      const Layout outputLayout = {{1, n, 1}, {0, 0, 0}, {0, 0, 0}, 1, at.data()}, inputLayout = {{1, 1, k}, {0, 0, 0}, {0, 0, width}, 1};
      return mixRecipe(walk.frame, *g.rows, outputLayout, walk.mask(inputs[0]), inputLayout, [](const Lists& alive, int64_t) { return alive.count(0); });
    });
    if (!recipe->rows) return;
    const Joint joint = alpha == 1 ? walk.join(1, inputs[0], recipe->rows) : Joint{};
    const BlockPtr to = walk.allocate(recipe->rows->count);
    if (!walk.dry) {
      const Cut cut = {(k + linesTogether - 1) / linesTogether, linesTogether * width, (n + outputsTogether - 1) / outputsTogether, 1};
      mixRows(walk, *recipe, {columns.data(), walk.view(g.block)}, walk.view(to), joint, cut, [&](int64_t, int64_t segment, TermList& terms) {
        const AliveLists& alive = recipe->alive;
        const int32_t* const item = alive.item.data();
        const auto [first, last] = within(item, item + alive.count(0), segment * outputsTogether * k, (segment + 1) * outputsTogether * k);
        terms.add(alive, first - item, last - item, 1, 0);
      });
      if (alpha != 1) scaleAll(walk, to, recipe->rows->count);
    }
    walk.give(inputs[0], {recipe->rows, to});
  }

  bool canBatch() const override { return true; }

  void forwardBatch(Batch& batch) const override {
    const float* const x = batch.rows(inputs[0]);
    float* const y = batch.write(outputs[0]);
    if (batch.wants(inputs[0])) linearize(batch.frame);
    if (batch.dry) return;
    std::vector<int32_t> line(k), weights(k), at(n);
    for (int64_t i = 0; i < k; i++) {
      line[i] = static_cast<int32_t>(i);
      weights[i] = static_cast<int32_t>(i * width);
    }
    for (int64_t o = 0; o < n; o++) at[o] = static_cast<int32_t>(outputAt(o));
    batch.pool().each(n, grainOf(n, memoryProducts * static_cast<double>(n * k)), [&](int64_t begin, int64_t end) {
      float* const sums = y + begin * batchLanes;
      batch.frame.kernels.mix({columns.data(), x, weights.data(), line.data(), k}, {at.data() + begin, sums, end - begin}, {1, 0, 0});
      for (int64_t o = begin; o < end; o++)
        for (int l = 0; l < batchLanes; l++) y[o * batchLanes + l] = finished(y[o * batchLanes + l], o);
    });
  }

 private:
  /// Where the weights of an output begin.
  int64_t outputAt(int64_t output) const { return output / width * width * k + output % width; }
  float finished(float sum, int64_t output) const {
    const float scaled = alpha == 1 ? sum : alpha * sum;
    return shift.empty() ? scaled : scaled + shift[output];
  }
  void scaleAll(const Walk& walk, const BlockPtr& to, int64_t rows) const {
    const std::vector<float> factor(rows, alpha);
    for (int p = 0; p < walk.planes(); p++) {
      float* const plane = to->data() + p * walk.step(to);
      walk.frame.kernels.scale(plane, plane, nullptr, factor.data(), 0, rows);
    }
  }
};

/// The widest panels that waste little on outputs that there are not.
int64_t widthFor(int64_t n) {
  const auto padded = [n](int64_t width) { return (n + width - 1) / width * width; };
  int64_t width = mostPlanes * planeLanes;
  while (width > planeLanes && 16 * padded(width) > 17 * padded(planeLanes)) width /= 2;
  return width;
}

}  // namespace

bool isDense(const Maker& maker, const MatMulSizes& sizes) {
  const bool isLine = sizes.batch == 1 && sizes.m == 1 && maker.inputSize(0) == sizes.k && maker.inputSize(1) == sizes.k * sizes.n;
  return isLine && !maker.isConstant(0) && maker.isConstant(1) && (!maker.has(2) || maker.isConstant(2));
}

std::unique_ptr<Operation> makeDense(Maker& maker, const MatMulSizes& sizes) {
  auto op = std::make_unique<Dense>();
  const int64_t k = op->k = sizes.k, n = op->n = sizes.n;
  op->alpha = sizes.alpha;
  op->width = widthFor(n);
  const bool isKInner = readMatrices(maker, 1, 1, n, k, sizes.isTransposedB).isKInner;
  readMatrices(maker, 0, 1, 1, k, sizes.isTransposedA);
  maker.expect(op->panels() * op->width * k <= std::numeric_limits<int32_t>::max(), "fewer than 2^31 weights");
  maker.keepConstant(0);
  const auto& w = maker.constant(1, k * n);
  op->isFinite = std::all_of(w.begin(), w.end(), [](float value) { return std::isfinite(value); });
  op->columns = Buffer(op->panels() * op->width * k);
  std::fill_n(op->columns.data(), op->columns.size(), 0.0f);
  for (int64_t i = 0; i < k; i++)
    for (int64_t o = 0; o < n; o++) op->weight(i, o) = w[isKInner ? o * k + i : i * n + o];
  if (!maker.has(2)) return op;
  const auto& c = maker.constant(2, maker.inputSize(2));
  const std::vector<int32_t> map = maker.tableOrIdentity(2, n, maker.inputSize(2));
  for (int64_t o = 0; o < n; o++) op->shift.push_back(sizes.beta * c[map.empty() ? o : map[o]]);
  return op;
}

}  // namespace agon
