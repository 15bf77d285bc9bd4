// Window maximum: the first of equals wins and gets the whole derivative.
#include <algorithm>

#include "../batch/batch.h"
#include "../batch/pull.h"
#include "../few/few.h"
#include "../tangents.h"
#include "grain.h"
#include "whole-rows.h"
#include "windows.h"

namespace agon {

namespace {

/// Positions of a plane that are put in order together: their rows and those of the windows that they are in stay in the cache for all planes.
constexpr int64_t positionsTogether = 16;

/// The windows of a plane by the position that they read, where no window reads another plane.
struct Readers {
  std::vector<int32_t> offsets, window;
};

Readers readersOf(const Windows& windows) {
  Readers readers;
  readers.offsets.assign(windows.strideIn + 1, 0);
  for (const int32_t source : windows.sources) {
    if (source >= windows.strideIn) return {};
    readers.offsets[source + 1]++;
  }
  for (int64_t p = 0; p < windows.strideIn; p++) readers.offsets[p + 1] += readers.offsets[p];
  std::vector<int32_t> next(readers.offsets.begin(), readers.offsets.end() - 1);
  readers.window.resize(windows.sources.size());
  for (int64_t o = 0; o < windows.strideOut; o++)
    for (int32_t k = windows.offsets[o]; k < windows.offsets[o + 1]; k++) readers.window[next[windows.sources[k]]++] = static_cast<int32_t>(o);
  return readers;
}

/// Whether all elements have rows, plane by plane of a position, whichever of them win.
struct WholeRecipe : Recipe {
  bool isWhole = false;
};

class Max : public Operation {
 public:
  Windows windows;
  Readers readers;
  const Operation* before = nullptr;

  void follow(const Operation& maker) override { before = &maker; }

  /// index: the winner of every element.
  void forward(Frame& frame) const override {
    const float* x = frame.data[inputs[0]];
    float* y = frame.write(outputs[0]);
    auto& winners = local(frame).index;
    winners.resize(windows.size());
    windows.each(frame.pool, [&, to = winners.data()](int64_t e, int64_t begin, int64_t end, int64_t base) {
      to[e] = static_cast<int32_t>(winner(x, begin, end, base));
      y[e] = x[to[e]];
    });
  }

  void linearize(Frame& frame) const override {
    const Mask& wantedX = *frame.wanted[inputs[0]];
    const auto& winners = local(frame).index;
    Mask y(windows.size());
    frame.pool.each(windows.size(), grain, [&, from = winners.data(), wanted = wantedX.data(), to = y.data()](int64_t begin, int64_t end) {
      for (int64_t e = begin; e < end; e++) to[e] = wanted[from[e]];
    });
    frame.want(outputs[0], std::move(y));
  }

  void backward(Walk& walk) const override {
    Links links;
    links.source = local(walk.frame).index.data();
    walk.pull(0, inputs[0], walk.take(outputs[0]), links);
  }

  std::unique_ptr<Carrier> carrier(const Frame& frame) const override {
    return std::make_unique<WinnerCarrier>(frame.locals[index].index, *frame.wanted[outputs[0]], frame.size(inputs[0]));
  }

  bool canBatch() const override { return true; }

  /// index: the winner of every lane, per element.
  void forwardBatch(Batch& batch) const override {
    const bool wants = batch.wants(inputs[0]);
    const float* x = batch.rows(inputs[0]);
    float* y = batch.write(outputs[0]);
    int32_t* winners = wants ? batch.keepIndex(windows.size()) : nullptr;
    if (batch.dry) return;
    // Masks of averaged passes depend on no winners, so that tables made from them serve the next examples.
    const bool isOfWinners = wants && !batch.frame.inTiles;
    Mask mask = wants && !isOfWinners ? wantedWindows(batch.pool(), windows, *batch.frame.wanted[inputs[0]]) : Mask(windows.size(), 0);
    const int64_t perOutput = std::max<int64_t>(1, static_cast<int64_t>(windows.sources.size()) / windows.strideOut);
    batch.pool().each(windows.size(), std::max<int64_t>(1, 4096 / perOutput), [&](int64_t begin, int64_t end) {
      for (int64_t e = begin; e < end; e++) {
        alignas(64) int32_t best[batchLanes];
        const int64_t o = e % windows.strideOut, from = windows.offsets[o];
        batch.kernels.largest(x, e / windows.strideOut * windows.strideIn, &windows.sources[from], windows.offsets[o + 1] - from, best,
                              y + e * batchLanes);
        if (!wants) continue;
        for (int l = 0; isOfWinners && l < batchLanes; l++) mask[e] |= (*batch.frame.wanted[inputs[0]])[best[l]];
        std::copy(best, best + batchLanes, winners + e * batchLanes);
      }
    });
    if (wants) batch.frame.want(outputs[0], std::move(mask));
  }

  void backwardBatch(Walk& walk) const override {
    Cotangent g = walk.take(outputs[0]);
    if (!walk.frame.inTiles || readers.offsets.empty()) return pullWinners(walk, inputs[0], std::move(g), local(walk.frame).index.data());
    const auto recipe = walk.recipeOfMask<WholeRecipe>(1, inputs[0], {g.rows}, 0, [&] { return wholeRecipe(*g.rows, walk.mask(inputs[0])); });
    if (!recipe->isWhole) return pullWinners(walk, inputs[0], std::move(g), local(walk.frame).index.data());
    // What a rectifier before it does to the rows is done while they are near.
    const uint16_t* const kept = before && walk.wants(before->inputs[0]) ? before->lanesKept(walk.frame) : nullptr;
    const BlockPtr to = walk.allocate(recipe->rows->count);
    if (!walk.dry) {
      const int64_t blocks = (windows.strideIn + positionsTogether - 1) / positionsTogether;
      walk.frame.pool.each(blocks, 1, [&](int64_t begin, int64_t end) {
        for (int64_t b = begin; b < end; b++)
          sumPositions(walk, g, to, kept, b * positionsTogether, std::min(windows.strideIn, (b + 1) * positionsTogether));
      });
    }
    g.block.reset();
    walk.give(kept ? before->inputs[0] : inputs[0], {recipe->rows, to});
  }

  bool canFew() const override { return !readers.offsets.empty() && !hasConstant[0]; }
  /// What is kept: the position of every winner in its plane.
  void forwardFew(Few& few) const override {
    const float* x = few.read(inputs[0]);
    float* y = few.write(outputs[0]);
    const bool wants = few.wants(inputs[0]);
    auto* winners = wants ? static_cast<int32_t*>(few.keep(windows.size() * few.examples * static_cast<int64_t>(sizeof(int32_t)))) : nullptr;
    if (few.dry) return;
    few.pool().each(windows.planes, 1, [&](int64_t begin, int64_t end) {
      for (int64_t p = begin; p < end; p++) {
        const int64_t to = p * windows.strideOut * few.examples;
        const float* const plane = x + p * windows.strideIn * few.examples;
        withCount(few.examples, [&](auto count) { winFew<decltype(count)::value>(plane, y + to, winners ? winners + to : nullptr); });
      }
    });
  }

  /// Every position adds what its windows have, in their order.
  void backwardFew(Few& few) const override {
    const BlockPtr g = few.take(outputs[0]);
    if (!few.wants(inputs[0])) return;
    const BlockPtr to = few.cotangentOf(inputs[0]);
    if (!few.dry) {
      const auto* winners = static_cast<const int32_t*>(few.kept());
      few.pool().each(windows.planes, 1, [&](int64_t begin, int64_t end) {
        const int64_t in = windows.strideIn * few.examples, out = windows.strideOut * few.examples;
        std::fill(to->data() + begin * in, to->data() + end * in, 0.0f);
        for (int64_t p = begin; p < end; p++) {
          const float* const from = g->data() + p * out;
          float* const plane = to->data() + p * in;
          for (int64_t i = 0; i < out; i++) plane[winners[p * out + i] * few.examples + i % few.examples] += from[i];
        }
      });
    }
    few.give(inputs[0], to);
  }

 private:
  /// The first of equals wins.
  template <int E>
  void winFew(const float* x, float* y, int32_t* winners) const {
    for (int64_t o = 0; o < windows.strideOut; o++, y += E) {
      int32_t k = windows.offsets[o], which[E];
      float most[E];
      for (int n = 0; n < E; n++) {
        which[n] = windows.sources[k];
        most[n] = x[int64_t{which[n]} * E + n];
      }
      for (k++; k < windows.offsets[o + 1]; k++) {
        const int32_t at = windows.sources[k];
        for (int n = 0; n < E; n++) {
          const float here = x[int64_t{at} * E + n];
          const bool isAbove = here > most[n];
          most[n] = isAbove ? here : most[n];
          which[n] = isAbove ? at : which[n];
        }
      }
      for (int n = 0; n < E; n++) {
        y[n] = most[n];
        if (winners) *winners++ = which[n];
      }
    }
  }

  /// Rows of all elements, plane by plane of a position: the tables are those of the next examples as well, unlike those of winners.
  std::shared_ptr<WholeRecipe> wholeRecipe(const Rows& g, const Mask& wanted) const {
    auto recipe = std::make_shared<WholeRecipe>();
    recipe->isWhole = static_cast<int64_t>(wanted.size()) == windows.planes * windows.strideIn && isWhole(g, windows.planes, windows.strideOut) && isWhole(wanted);
    if (!recipe->isWhole) return recipe;
    recipe->rows = wholeRows(windows.planes, windows.strideIn);
    recipe->products = static_cast<int64_t>(readers.window.size()) * windows.planes;
    return recipe;
  }

  void sumPositions(const Walk& walk, const Cotangent& g, const BlockPtr& to, const uint16_t* kept, int64_t begin, int64_t end) const {
    const LaneKernels& kernels = laneKernels(walk.frame.kernels);
    const int32_t* const winners = local(walk.frame).index.data();
    for (int64_t plane = 0; plane < windows.planes; plane++) {
      kernels.sumWon({readers.offsets.data(), readers.window.data(), begin, end, walk.row(g.block, plane), windows.planes * planeLanes,
                      winners + plane * windows.strideOut * batchLanes, static_cast<int32_t>(plane * windows.strideIn),
                      walk.row(to, begin * windows.planes + plane), windows.planes * planeLanes});
      for (int64_t p = begin; kept && p < end; p++) {
        float* const row = walk.row(to, p * windows.planes + plane);
        kernels.keep(row, row, kept[plane * windows.strideIn + p]);
      }
    }
  }

  int64_t winner(const float* x, int64_t begin, int64_t end, int64_t base) const {
    int64_t best = base + windows.sources[begin];
    for (int64_t k = begin + 1; k < end; k++) {
      const int64_t at = base + windows.sources[k];
      if (x[at] > x[best]) best = at;
    }
    return best;
  }
};

}  // namespace

std::unique_ptr<Operation> makeMax(Maker& maker) {
  maker.expectCounts(1, 1, 3, 0, 2);
  maker.keepConstant(0);
  auto op = std::make_unique<Max>();
  op->windows = readWindows(maker);
  for (size_t o = 1; o < op->windows.offsets.size(); o++)
    maker.expect(op->windows.offsets[o - 1] < op->windows.offsets[o], "a source in every window");
  op->readers = readersOf(op->windows);
  return op;
}

}  // namespace agon
