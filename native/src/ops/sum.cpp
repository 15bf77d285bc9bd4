// Weighted window sums: average pooling, means, sums, linear resizing.
#include <algorithm>

#include "../batch/batch.h"
#include "windows.h"

namespace agon {

namespace {

class Sum : public Operation {
 public:
  Windows windows;
  std::vector<float> weights;  // empty: all 1

  void forward(Frame& frame) const override {
    const float* x = frame.data[inputs[0]];
    float* y = frame.write(outputs[0]);
    windows.each(frame.pool, [&](int64_t e, int64_t begin, int64_t end, int64_t base) {
      double sum = 0;
      for (int64_t k = begin; k < end; k++) sum += static_cast<double>(weight(k)) * x[base + windows.sources[k]];
      y[e] = static_cast<float>(sum);
    });
  }

  void linearize(Frame& frame) const override {
    frame.want(outputs[0], wantedWindows(frame.pool, windows, *frame.wanted[inputs[0]]));
  }

  void backward(Walk& walk) const override {
    walk.pullLazily(0, inputs[0], walk.take(outputs[0]), [&] {
      return writeOut(walk.frame.pool, windows, [&](int64_t, int64_t k, int64_t) { return weight(k); });
    });
  }

  bool canBatch() const override { return true; }

  void forwardBatch(Batch& batch) const override {
    const float* x = batch.rows(inputs[0]);
    float* y = batch.write(outputs[0]);
    if (batch.dry) return;
    if (batch.wants(inputs[0])) linearize(batch.frame);
    const int64_t perOutput = std::max<int64_t>(1, static_cast<int64_t>(windows.sources.size()) / windows.strideOut);
    batch.pool().each(windows.size(), std::max<int64_t>(1, 4096 / perOutput), [&](int64_t begin, int64_t end) {
      for (int64_t e = begin; e < end; e++) {
        const int64_t o = e % windows.strideOut, base = e / windows.strideOut * windows.strideIn;
        double sum[batchLanes] = {};
        for (int64_t k = windows.offsets[o]; k < windows.offsets[o + 1]; k++) {
          const float* from = x + (base + windows.sources[k]) * batchLanes;
          const double by = weight(k);
          for (int l = 0; l < batchLanes; l++) sum[l] += by * from[l];
        }
        for (int l = 0; l < batchLanes; l++) y[e * batchLanes + l] = static_cast<float>(sum[l]);
      }
    });
  }

 private:
  float weight(int64_t k) const { return weights.empty() ? 1.0f : weights[k]; }
};

}  // namespace

std::unique_ptr<Operation> makeSum(Maker& maker) {
  maker.expectCounts(1, 1, 3, 0, 2);
  maker.keepConstant(0);
  auto op = std::make_unique<Sum>();
  op->windows = readWindows(maker);
  op->weights = maker.instruction().numbers;
  maker.expect(op->weights.empty() || op->weights.size() == op->windows.sources.size(), "a weight per source");
  return op;
}

}  // namespace agon
