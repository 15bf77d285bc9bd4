// y[batch, m, n] = alpha op(a) op(b) + beta c. Factors are read with k innermost, a as [m][k] and b as [n][k], or as they are packed (factor.h).
#include <algorithm>

#include "../batch/batch.h"
#include "../batch/mix-lanes.h"
#include "dense.h"
#include "factor.h"
#include "mix-bricks.h"
#include "mix-few.h"

namespace agon {

namespace {

constexpr int64_t columnsPerTask = 64;

/// Lines of a factor whose sums are made together in a forward pass.
constexpr int64_t linesPerTask = 48;

/// Panels of a constant factor that outputs are summed from at once, so that rows, which may come from memory, are read few times.
constexpr int64_t panelsPerSlice = 24;
/// Lines of a segment are a multiple of this.
constexpr int64_t wholeLines = 64;
constexpr int64_t panelBytes = planeLanes * sizeof(float);

class MatMul : public Operation, MatMulSizes {
 public:
  Factor factors[2];
  std::vector<int32_t> mapC;  // empty: the same element

  explicit MatMul(const MatMulSizes& sizes) : MatMulSizes(sizes) {}

  void forward(Frame& frame) const override {
    if (factors[1].columns.size() > 0) return forwardByColumns(frame);
    const float *a = ready(frame, 0), *b = ready(frame, 1);
    float* y = frame.write(outputs[0]);
    const int64_t blocks = (n + columnsPerTask - 1) / columnsPerTask;
    frame.pool.each(batch * blocks * m, std::max<int64_t>(1, 16384 / k), [&](int64_t begin, int64_t end) {
      for (int64_t task = begin; task < end; task++) {
        const int64_t i = task % m, from = task / m % blocks * columnsPerTask, t = task / m / blocks;
        const float* row = a + (factors[0].matrixOf[t] * m + i) * k;
        float* out = y + (t * m + i) * n;
        for (int64_t j = from; j < std::min(n, from + columnsPerTask); j += 4)
          frame.kernels.dots(row, b + (factors[1].matrixOf[t] * n + j) * k, k, k, std::min<int64_t>(4, n - j), out + j);
        finish(frame, y, out + from - y, out + std::min(n, from + columnsPerTask) - y);
      }
    });
  }

  int64_t denseProducts(const Frame& frame) const override {
    return batch * m * n * k * ((frame.wanted[inputs[0]] != nullptr) + (frame.wanted[inputs[1]] != nullptr));
  }

  void backward(Walk& walk) const override { bothBackward(walk, false); }

  bool canBatch() const override { return true; }

  /// rowsA, rowsB: the factors that depend on the example, with k innermost.
  void forwardBatch(Batch& batch) const override {
    forwardByLane(batch, *this);
    for (int which = 0; which < 2; which++) {
      const bool isKept = batch.wants(inputs[1 - which]) && !hasConstant[which];
      const int64_t size = batch.size(inputs[which]);
      if (!isKept || (!factors[which].isKInner && !batch.dry)) continue;  // forwardByLane has kept a copy that it transposed
      const float* from = batch.rows(inputs[which]);
      float* to = batch.keepRows(which == 0 ? &Local::rowsA : &Local::rowsB, size);
      if (!batch.dry) std::copy(from, from + size * batchLanes, to);
    }
  }

  void backwardBatch(Walk& walk) const override { bothBackward(walk, true); }

 private:
  /// y = alpha y + beta c for elements begin .. end-1.
  void finish(const Frame& frame, float* y, int64_t begin, int64_t end) const {
    const float* const c = hasC() ? frame.data[inputs[2]] : nullptr;
    for (int64_t e = begin; e < end; e++) {
      if (alpha != 1) y[e] *= alpha;
      if (c) y[e] += beta * c[mapC.empty() ? e : mapC[e]];
    }
  }

  /// The sums of a few lines of a over a few panels of columns of b, with columns in lanes.
  void forwardByColumns(Frame& frame) const {
    const float *const a = frame.data[inputs[0]], *const b = factors[1].columns.data();
    float* const y = frame.write(outputs[0]);
    const int64_t panels = n / planeLanes, blocks = (panels + mostPlanes - 1) / mostPlanes, strips = (m + linesPerTask - 1) / linesPerTask;
    std::vector<int32_t> counting(k), lines(linesPerTask);
    for (int32_t t = 0; t < k; t++) counting[t] = t;
    for (int64_t i = 0; i < linesPerTask; i++) lines[i] = static_cast<int32_t>(i * k);
    frame.pool.each(batch * blocks * strips, 1, [&](int64_t begin, int64_t end) {
      const Buffer sums(linesPerTask * mostPlanes * planeLanes);
      for (int64_t task = begin; task < end; task++) {
        const int64_t low = task % strips * linesPerTask, panel = task / strips % blocks * mostPlanes, t = task / strips / blocks;
        const int64_t count = std::min(linesPerTask, m - low), planes = std::min<int64_t>(mostPlanes, panels - panel);
        const Terms terms = {a + (factors[0].matrixOf[t] * m + low) * k, b + (factors[1].matrixOf[t] * panels + panel) * k * planeLanes, counting.data(), counting.data(), k};
        frame.kernels.mix(terms, {lines.data(), sums.data(), count}, {static_cast<int>(planes), k * planeLanes, count * planeLanes});
        for (int64_t i = 0; i < count; i++) {
          float* const out = y + (t * m + low + i) * n + panel * planeLanes;
          for (int64_t p = 0; p < planes; p++) std::copy_n(sums.data() + (p * count + i) * planeLanes, planeLanes, out + p * planeLanes);
          finish(frame, y, out - y, out + planes * planeLanes - y);
        }
      }
    });
  }

  void bothBackward(Walk& walk, bool isBatch) const {
    const Cotangent g = walk.take(outputs[0]);
    if (walk.wants(inputs[0])) factorBackward(walk, g, 0, isBatch && !hasConstant[1]);
    if (walk.wants(inputs[1])) factorBackward(walk, g, 1, isBatch && !hasConstant[0]);
    if (!hasC()) return;
    walk.pullLazily(2, inputs[2], g, [&] { return HeldC{mapC, std::vector<float>(g.rows->row.size(), beta)}; });
  }

  struct HeldC {
    const std::vector<int32_t>& map;
    std::vector<float> coefficient;
    Links links() const { return {nullptr, map.empty() ? nullptr : map.data(), coefficient.data()}; }
  };

  bool hasC() const { return inputs.size() > 2 && inputs[2] >= 0; }

  /// A factor with k innermost, transposed into frame.locals (a or b) where it has to be.
  const float* ready(Frame& frame, int which) const {
    const Factor& f = factors[which];
    if (f.isKInner) return frame.data[inputs[which]];
    if (!f.packed.empty()) return f.packed.data();
    auto& copy = which == 0 ? local(frame).a : local(frame).b;
    copy.resize(f.matrices * f.lines * k);
    transpose(frame.data[inputs[which]], copy.data(), f.matrices, k, f.lines);
    return copy.data();
  }
  const float* readied(const Frame& frame, int which) const {
    const Factor& f = factors[which];
    if (f.isKInner) return frame.data[inputs[which]];
    if (!f.packed.empty()) return f.packed.data();
    return which == 0 ? frame.locals[index].a.data() : frame.locals[index].b.data();
  }

  /// How cotangent elements [batch][m][n] look to a factor: its lines in each batch are buckets, the other factor's lines are items.
  Layout outputLayout(int which) const {
    if (which == 0) return {{batch, m, n}, {m, 1, 0}, {0, 0, 1}, batch * m};
    return {{batch, m, n}, {n, 0, 1}, {0, 1, 0}, batch * n};
  }
  /// Elements of a factor: its lines in each matrix are buckets, k is the item.
  Layout inputLayout(int which) const {
    const Factor& f = factors[which];
    if (f.isKInner) return {{f.matrices, f.lines, k}, {f.lines, 1, 0}, {0, 0, 1}, f.matrices * f.lines};
    return {{f.matrices, k, f.lines}, {f.lines, 0, 1}, {0, 1, 0}, f.matrices * f.lines};
  }

  /// The same where the other factor is in panels: the item is the place of k in them.
  Layout panelLayout(int which) const {
    const Factor& f = factors[which];
    return {{f.matrices * f.lines, k / planeLanes, planeLanes}, {1, 0, 0}, {0, factors[1 - which].lines * planeLanes, 1}, f.matrices * f.lines};
  }

  /// How a backward pass whose other factor has `lines` lines is cut, and how many of them a segment has.
  struct LineCut {
    Cut cut;
    int64_t lines;
  };
  LineCut cutOf(int64_t lines, bool hasPanels) const {
    Cut cut;
    if (!hasPanels) {
      cut.width = std::max<int64_t>(48, scalarBytes / (static_cast<int64_t>(sizeof(float)) * lines));
      cut.slices = (k + cut.width - 1) / cut.width;
      return {cut, lines};
    }
    const int64_t panels = k / planeLanes, together = std::min(panels, panelsPerSlice);
    const int64_t each = std::max<int64_t>(1, segmentBytes / (together * panelBytes * wholeLines)) * wholeLines;
    cut.slices = (panels + together - 1) / together;
    cut.width = together * planeLanes * lines;
    cut.segments = (lines + each - 1) / each;
    cut.strip = stripOf(cut, together * planeLanes);
    return {cut, each};
  }

  /// da[i, :] = alpha sum over alive n of G[i, n] b[n, :], and db[n, :] = alpha sum over alive i of G[i, n] a[i, :].
  /// `hasLanes`: the other factor is different in every lane.
  void factorBackward(Walk& walk, const Cotangent& g, int which, bool hasLanes) const {
    const Factor &f = factors[which], &other = factors[1 - which];
    const auto recipe = walk.recipe<MixRecipe>(which, {g.rows}, 0, [&] {
      const auto terms = [&](const Lists& alive, int64_t bucket) {
        int64_t count = 0;
        for (const int32_t t : f.batchesOf[bucket / f.lines]) count += alive.count(t * f.lines + bucket % f.lines);
        return count;
      };
      const Layout layout = other.panels.empty() ? inputLayout(which) : panelLayout(which);
      auto made = mixRecipe(walk.frame, *g.rows, outputLayout(which), walk.mask(inputs[which]), layout, terms);
      if (walk.bricks() && !hasLanes) made->shared = sharedTerms(*made, f.batchesOf, f.lines);
      return made;
    });
    if (!recipe->rows) return;
    const Joint joint = alpha == 1 ? walk.join(3 + which, inputs[which], recipe->rows) : Joint{};
    const Finish finish = alpha == 1 && !joint.recipe ? finishOf(walk, 5 + which, inputs[which], recipe->rows) : Finish{inputs[which]};
    const BlockPtr to = walk.allocate(recipe->rows->count);
    const bool inBricks = !recipe->shared.empty() && walk.bricks();
    const BlockPtr packed = inBricks ? walk.reserve(packedFloats(*recipe)) : nullptr;
    if (!walk.dry) {
      const Local& l = local(walk.frame);
      const float* values = !hasLanes ? readied(walk.frame, 1 - which) : which == 0 ? l.rowsB.data() : l.rowsA.data();
      const int64_t line = hasLanes ? k * batchLanes : k;
      const AliveLists& alive = recipe->alive;
      const float* const rows = g.block->data();
      if (hasLanes) {
        mixLanes(walk, *recipe, to, joint, [&](int64_t bucket, std::vector<Term>& terms) {
          for (const int32_t t : f.batchesOf[bucket / f.lines]) {
            const float* matrix = values + other.matrixOf[t] * other.lines * line;
            const int64_t from = t * f.lines + bucket % f.lines;
            for (int32_t i = alive.offsets[from]; i < alive.offsets[from + 1]; i++)
              terms.push_back({matrix + alive.item[i] * line, rows + static_cast<int64_t>(alive.row[i]) * planeLanes});
          }
        });
      } else {
        const bool hasPanels = !other.panels.empty();
        const LineCut by = cutOf(other.lines, hasPanels);
        const int32_t* const items = alive.item.data();
        const MixSource source = {hasPanels ? other.panels.data() : values, walk.view(g.block)};
        const auto list = [&](int64_t bucket, int64_t segment, TermList& terms) {
          for (const int32_t t : f.batchesOf[bucket / f.lines]) {
            const int64_t from = t * f.lines + bucket % f.lines;
            const int32_t *first = items + alive.offsets[from], *last = items + alive.offsets[from + 1];
            if (by.cut.segments > 1 && !inBricks) std::tie(first, last) = within(first, last, segment * by.lines, (segment + 1) * by.lines);
            terms.add(alive, first - items, last - items, hasPanels ? planeLanes : k, other.matrixOf[t] * other.lines * k);
          }
        };
        const bool isFew = hasPanels && walk.planes() == 1 && walk.labels <= mostFewLabels && walk.precision == Precision::Fp32;
        if (inBricks) mixBricks(walk, *recipe, source, walk.view(to), joint, packed, list, finish);
        else if (isFew && hasWholePanels(recipe->wanted)) mixFewLabels(walk, *recipe, source, walk.view(to), joint, by.cut, list, finish);
        else mixRows(walk, *recipe, source, walk.view(to), joint, by.cut, list, &finish);
      }
      if (alpha != 1) {
        const std::vector<float> factor(recipe->rows->count, alpha);
        for (int p = 0; p < walk.planes(); p++) {
          float* plane = to->data() + p * walk.step(to);
          walk.frame.kernels.scale(plane, plane, nullptr, factor.data(), 0, recipe->rows->count);
        }
      }
    }
    walk.give(finish.value, {recipe->rows, to});
  }
};

}  // namespace

std::unique_ptr<Operation> makeMatMul(Maker& maker) {
  const MatMulSizes sizes = readMatMulSizes(maker);
  if (isDense(maker, sizes)) return makeDense(maker, sizes);
  auto op = std::make_unique<MatMul>(sizes);
  Factor &a = op->factors[0], &b = op->factors[1];
  a = readFactor(maker, 0, sizes.batch, sizes.m, sizes.k, sizes.isTransposedA);
  b = readFactor(maker, 1, sizes.batch, sizes.n, sizes.k, sizes.isTransposedB);
  packPanels(maker, 0, a, b, sizes.k);
  packPanels(maker, 1, b, a, sizes.k);
  packColumns(b, sizes.k);
  if (maker.has(2)) {
    maker.keepConstant(2);
    op->mapC = maker.tableOrIdentity(2, maker.outputSize(), maker.inputSize(2));
  }
  return op;
}

}  // namespace agon
