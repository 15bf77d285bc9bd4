// Weighted window sums: average pooling, means, sums, linear resizing.
#include "windows.h"

namespace agon::cuda {

namespace {

struct SumForward {
  WindowView windows;
  const float* weights;  // null: all 1
  View x;
  float* y;
  AGON_HD void operator()(int64_t e, int32_t n) const {
    const Window window = windows.of(e);
    double sum = 0;
    for (int32_t k = window.begin; k < window.end; k++) sum += static_cast<double>(weights ? weights[k] : 1.0f) * x.at(window.source(k), n);
    y[e * x.examples + n] = static_cast<float>(sum);
  }
};

class Sum : public Operation {
 public:
  explicit Sum(const Making& making) : windows(making, false) {}
  WindowTable windows;
  /// Per link of the table.
  Floats weights;

  void forward(Frame& frame) const override {
    const View x = frame.view(inputs[0]);
    float* y = frame.write(outputs[0], x.examples);
    frame.device.eachRow(windows.size(), x.examples, SumForward{windows.view(), weights.data(), x, y});
  }
  void linearize(Frame& frame) const override { frame.wanted[outputs[0]] = windows.wanted(frame, inputs[0]); }
  void backward(Walk& walk) const override {
    if (weights) return pull(walk, inputs[0], outputs[0], windows.links(), PerLink{weights.data()});
    pull(walk, inputs[0], outputs[0], windows.links(), Ones{});
  }
};

}  // namespace

std::unique_ptr<Operation> makeSum(const Making& making) {
  const Maker& maker = making.maker;
  maker.expectCounts(1, 1, 3, 0, 2);
  maker.keepConstant(0);
  auto op = std::make_unique<Sum>(making);
  const std::vector<float>& weights = maker.instruction().numbers;
  if (weights.empty()) return op;
  maker.expect(static_cast<int64_t>(weights.size()) == op->windows.perPlane(), "a weight per source");
  std::vector<float> perLink = weights;
  while (!op->windows.ofOnePlane() && static_cast<int64_t>(perLink.size()) < op->windows.linkCount()) perLink.insert(perLink.end(), weights.begin(), weights.end());
  op->weights = Floats(making.device, perLink);
  return op;
}

}  // namespace agon::cuda
