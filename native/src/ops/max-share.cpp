// Window maximum or minimum whose derivative is split evenly among equals.
#include <algorithm>

#include "../batch/window-lanes.h"
#include "windows.h"

namespace agon {

namespace {

/// What an output has in place of one winner, which is -1 where none is wanted.
constexpr int32_t several = -2;

class MaxShare : public Operation {
 public:
  Windows windows;
  bool minimum;

  void forward(Frame& frame) const override {
    const float* x = frame.data[inputs[0]];
    float* y = frame.write(outputs[0]);
    windows.each(frame.pool, [&](int64_t e, int64_t begin, int64_t end, int64_t base) {
      float best = x[base + windows.sources[begin]];
      for (int64_t k = begin + 1; k < end; k++) {
        const float value = x[base + windows.sources[k]];
        if (minimum ? value < best : value > best) best = value;
      }
      y[e] = best;
    });
  }

  void linearize(Frame& frame) const override {
    const float *x = frame.data[inputs[0]], *y = frame.data[outputs[0]];
    auto& share = local(frame).a;  // per output: 1 / number of equals
    auto& winner = local(frame).index;  // per output: its only equal, if that is wanted
    share.resize(windows.size());
    winner.resize(windows.size());
    windows.each(frame.pool, [&, wanted = frame.wanted[inputs[0]]->data()](int64_t e, int64_t begin, int64_t end, int64_t base) {
      int64_t equals = 0, found = -1;
      for (int64_t k = begin; k < end; k++) {
        const int64_t at = base + windows.sources[k];
        if (x[at] != y[e]) continue;
        equals++;
        if (wanted[at]) found = at;
      }
      share[e] = 1.0f / static_cast<float>(equals);
      winner[e] = found >= 0 && equals > 1 ? several : static_cast<int32_t>(found);
    });
    frame.want(outputs[0], wantedWindows(frame.pool, windows, *frame.wanted[inputs[0]]));
  }

  void backward(Walk& walk) const override {
    const float *x = walk.frame.data[inputs[0]], *y = walk.frame.data[outputs[0]];
    const auto& share = local(walk.frame).a;
    const auto& winner = local(walk.frame).index;
    if (std::find(winner.begin(), winner.end(), several) == winner.end()) {
      Links links;
      links.source = winner.data();
      return walk.pull(0, inputs[0], walk.take(outputs[0]), links);
    }
    walk.pullLazily(0, inputs[0], walk.take(outputs[0]), [&] {
      return writeOut(walk.frame.pool, windows, [&](int64_t e, int64_t, int64_t at) { return x[at] == y[e] ? share[e] : 0.0f; });
    });
  }

  bool canBatch() const override { return true; }

  int64_t batchRowsKept() const override { return 2; }

  void forwardBatch(Batch& batch) const override {
    forwardByLane(batch, *this);
    if (!batch.wants(inputs[0])) return;
    const int64_t links = windows.planes * static_cast<int64_t>(windows.sources.size());
    keepWindowLinks(batch, inputs[0], outputs[0], links, [&](const float* x, const float* y) {
      return writeOut(batch.pool(), windows, [&](int64_t e, int64_t, int64_t at) { return x[at] == y[e] ? shareOf(x, y, e) : 0.0f; });
    });
  }

  void backwardBatch(Walk& walk) const override {
    pullWindowLinks(walk, inputs[0], walk.take(outputs[0]), writeOut(walk.frame.pool, windows, [](int64_t, int64_t, int64_t) { return 0.0f; }), local(walk.frame));
  }

 private:
  /// 1 / number of equals.
  float shareOf(const float* x, const float* y, int64_t e) const {
    const int64_t o = e % windows.strideOut, base = e / windows.strideOut * windows.strideIn;
    int64_t equals = 0;
    for (int64_t k = windows.offsets[o]; k < windows.offsets[o + 1]; k++) equals += x[base + windows.sources[k]] == y[e];
    return 1.0f / static_cast<float>(equals);
  }
};

}  // namespace

std::unique_ptr<Operation> makeMaxShare(Maker& maker) {
  maker.expectCounts(1, 1, 4, 0, 2);
  maker.keepConstant(0);
  auto op = std::make_unique<MaxShare>();
  op->windows = readWindows(maker);
  op->minimum = maker.instruction().ints[3] != 0;
  for (size_t o = 1; o < op->windows.offsets.size(); o++)
    maker.expect(op->windows.offsets[o - 1] < op->windows.offsets[o], "a source in every window");
  return op;
}

}  // namespace agon
