// Window maximum: the first of equals wins and gets the whole derivative.
#include <algorithm>

#include "../batch/batch.h"
#include "../batch/pull.h"
#include "../tangents.h"
#include "grain.h"
#include "windows.h"

namespace agon {

namespace {

class Max : public Operation {
 public:
  Windows windows;

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
    Mask mask(windows.size(), 0);
    const int64_t perOutput = std::max<int64_t>(1, static_cast<int64_t>(windows.sources.size()) / windows.strideOut);
    batch.pool().each(windows.size(), std::max<int64_t>(1, 4096 / perOutput), [&](int64_t begin, int64_t end) {
      for (int64_t e = begin; e < end; e++) {
        alignas(64) int32_t best[batchLanes];
        const int64_t o = e % windows.strideOut, from = windows.offsets[o];
        batch.kernels.largest(x, e / windows.strideOut * windows.strideIn, &windows.sources[from], windows.offsets[o + 1] - from, best,
                              y + e * batchLanes);
        if (!wants) continue;
        const Mask& wanted = *batch.frame.wanted[inputs[0]];
        for (int l = 0; l < batchLanes; l++) mask[e] |= wanted[best[l]];
        std::copy(best, best + batchLanes, winners + e * batchLanes);
      }
    });
    if (wants) batch.frame.want(outputs[0], std::move(mask));
  }

  void backwardBatch(Walk& walk) const override {
    pullWinners(walk, inputs[0], walk.take(outputs[0]), local(walk.frame).index.data());
  }

 private:
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
  return op;
}

}  // namespace agon
