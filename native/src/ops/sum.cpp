// Weighted window sums: average pooling, means, sums, linear resizing.
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
    windows.each([&](int64_t e, int64_t begin, int64_t end, int64_t base) {
      double sum = 0;
      for (int64_t k = begin; k < end; k++) sum += static_cast<double>(weight(k)) * x[base + windows.sources[k]];
      y[e] = static_cast<float>(sum);
    });
  }

  void linearize(Frame& frame) const override {
    frame.want(outputs[0], wantedWindows(windows, *frame.wanted[inputs[0]]));
  }

  void backward(Walk& walk) const override {
    walk.pullLazily(0, inputs[0], walk.take(outputs[0]), [&] {
      return writeOut(windows, [&](int64_t, int64_t k, int64_t) { return weight(k); });
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
