// Window maximum or minimum whose derivative is split evenly among equals.
#include "windows.h"

namespace agon::cuda {

namespace {

struct ExtremeForward {
  WindowView windows;
  bool minimum;
  View x;
  float* y;
  AGON_HD void operator()(int64_t e, int32_t n) const {
    const Window window = windows.of(e);
    float best = x.at(window.source(window.begin), n);
    for (int32_t k = window.begin + 1; k < window.end; k++) {
      const float at = x.at(window.source(k), n);
      if (minimum ? at < best : at > best) best = at;
    }
    y[e * x.examples + n] = best;
  }
};

/// 1 / number of equals.
struct FindShares {
  WindowView windows;
  View x, y;
  float* share;
  int32_t examples;
  AGON_HD void operator()(int64_t e, int32_t n) const {
    const Window window = windows.of(e);
    int32_t equals = 0;
    for (int32_t k = window.begin; k < window.end; k++) equals += x.at(window.source(k), n) == y.at(e, n);
    share[e * examples + n] = 1.0f / static_cast<float>(equals);
  }
};

struct Shares {
  View x, y;
  const float* share;
  int32_t examples;
  AGON_HD float operator()(int64_t, int64_t to, int64_t from, int32_t n) const {
    return x.at(from, n) == y.at(to, n) ? share[to * examples + n] : 0.0f;
  }
};

class MaxShare : public Operation {
 public:
  explicit MaxShare(const Making& making) : windows(making, true), minimum(making.maker.instruction().ints[3] != 0) {}
  WindowTable windows;
  bool minimum;

  void forward(Frame& frame) const override {
    const View x = frame.view(inputs[0]);
    float* y = frame.write(outputs[0], x.examples);
    frame.device.eachRow(windows.size(), x.examples, ExtremeForward{windows.view(), minimum, x, y});
  }

  /// a: what each of the equals of a window gets, per window and example.
  void linearize(Frame& frame) const override {
    Floats& share = local(frame).a;
    if (!share) share = Floats(frame.device, windows.size() * frame.examples);
    frame.device.eachRow(windows.size(), frame.examples,
                         FindShares{windows.view(), frame.view(inputs[0]), frame.view(outputs[0]), share.data(), frame.examples});
    frame.wanted[outputs[0]] = windows.wanted(frame, inputs[0]);
  }

  void backward(Walk& walk) const override {
    Frame& frame = walk.frame;
    pull(walk, inputs[0], outputs[0], windows.links(), Shares{frame.view(inputs[0]), frame.view(outputs[0]), local(frame).a.data(), frame.examples});
  }
};

}  // namespace

std::unique_ptr<Operation> makeMaxShare(const Making& making) {
  making.maker.expectCounts(1, 1, 4, 0, 2);
  making.maker.keepConstant(0);
  return std::make_unique<MaxShare>(making);
}

}  // namespace agon::cuda
