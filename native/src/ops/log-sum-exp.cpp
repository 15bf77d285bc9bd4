// Smooth window maximum: log(sum or mean over the window of exp(t x)) / t. The derivative is the softmax of t x over the window, the same for every label.
#include <algorithm>
#include <cmath>

#include "../batch/window-lanes.h"
#include "windows.h"

namespace agon {

namespace {

class LogSumExp : public Operation {
 public:
  Windows windows;
  double temperature;
  bool mean;

  void forward(Frame& frame) const override {
    const float* x = frame.data[inputs[0]];
    float* y = frame.write(outputs[0]);
    windows.each(frame.pool, [&](int64_t e, int64_t begin, int64_t end, int64_t base) {
      const double most = largest(x, begin, end, base);
      double sum = 0;
      for (int64_t k = begin; k < end; k++) sum += power(x[base + windows.sources[k]], most);
      y[e] = static_cast<float>(most + std::log(mean ? sum / static_cast<double>(end - begin) : sum) / temperature);
    });
  }

  /// a: the weight of every link, in the order of writeOut.
  void linearize(Frame& frame) const override {
    const float* x = frame.data[inputs[0]];
    const Mask& wantedX = *frame.wanted[inputs[0]];
    auto& weight = local(frame).a;
    weight.resize(links());
    Mask y(windows.size(), 0);
    windows.each(frame.pool, [&](int64_t e, int64_t begin, int64_t end, int64_t base) {
      const double most = largest(x, begin, end, base);
      float* const own = &weight[firstLink(e)];
      double sum = 0;
      for (int64_t k = begin; k < end; k++) sum += power(x[base + windows.sources[k]], most);
      for (int64_t k = begin; k < end; k++) {
        const int64_t at = base + windows.sources[k];
        own[k] = static_cast<float>(power(x[at], most) / sum);
        y[e] |= static_cast<uint8_t>(wantedX[at] & (own[k] != 0));
      }
    });
    frame.want(outputs[0], std::move(y));
  }

  void backward(Walk& walk) const override {
    const auto& weight = local(walk.frame).a;
    walk.pullLazily(0, inputs[0], walk.take(outputs[0]), [&] {
      return writeOut(walk.frame.pool, windows, [&](int64_t e, int64_t k, int64_t) { return weight[firstLink(e) + k]; });
    });
  }

  bool canBatch() const override { return true; }

  void forwardBatch(Batch& batch) const override {
    forwardByLane(batch, *this);  // keeps the weights in rowsA
    if (batch.dry && batch.wants(inputs[0])) batch.keepRows(&Local::rowsA, links());
  }

  void backwardBatch(Walk& walk) const override {
    pullWindowLinks(walk, inputs[0], walk.take(outputs[0]), writeOut(walk.frame.pool, windows, [](int64_t, int64_t, int64_t) { return 0.0f; }), local(walk.frame));
  }

 private:
  int64_t perPlane() const { return static_cast<int64_t>(windows.sources.size()); }
  int64_t links() const { return windows.planes * perPlane(); }
  /// Link k of output e is link firstLink(e) + k of all.
  int64_t firstLink(int64_t e) const { return e / windows.strideOut * perPlane(); }

  double largest(const float* x, int64_t begin, int64_t end, int64_t base) const {
    float most = x[base + windows.sources[begin]];
    for (int64_t k = begin + 1; k < end; k++) most = std::max(most, x[base + windows.sources[k]]);
    return most;
  }

  /// exp(t (x - most)): at most 1, and 1 for one of the window.
  double power(float x, double most) const { return x == most ? 1.0 : std::exp(temperature * (x - most)); }
};

}  // namespace

std::unique_ptr<Operation> makeLogSumExp(Maker& maker) {
  maker.expectCounts(1, 1, 4, 1, 2);
  maker.keepConstant(0);
  auto op = std::make_unique<LogSumExp>();
  op->windows = readWindows(maker);
  op->temperature = maker.instruction().numbers[0];
  op->mean = maker.instruction().ints[3] != 0;
  maker.expect(op->temperature > 0, "a temperature > 0");
  for (size_t o = 1; o < op->windows.offsets.size(); o++)
    maker.expect(op->windows.offsets[o - 1] < op->windows.offsets[o], "a source in every window");
  return op;
}

}  // namespace agon
