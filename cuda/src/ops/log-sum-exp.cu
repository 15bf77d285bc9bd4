// Smooth window maximum: log(sum or mean over the window of exp(t x)) / t. The derivative is the softmax of t x over the window, the same for every label.
#include <cmath>

#include "windows.h"

namespace agon::cuda {

namespace {

/// Powers over a window of one example.
struct SoftWindow {
  Window window;
  View x;
  int32_t n;
  double temperature;

  AGON_HD double most() const {
    float most = x.at(window.source(window.begin), n);
    for (int32_t k = window.begin + 1; k < window.end; k++) {
      const float at = x.at(window.source(k), n);
      most = most < at ? at : most;
    }
    return most;
  }
  /// exp(t (x - most)): at most 1, and 1 for one of the window.
  AGON_HD double power(int32_t k, double most) const {
    const float at = x.at(window.source(k), n);
    return at == most ? 1.0 : std::exp(temperature * (at - most));
  }
  AGON_HD double sum(double most) const {
    double sum = 0;
    for (int32_t k = window.begin; k < window.end; k++) sum += power(k, most);
    return sum;
  }
};

struct LogSumExpForward {
  WindowView windows;
  View x;
  double temperature;
  bool mean;
  float* y;
  AGON_HD void operator()(int64_t e, int32_t n) const {
    const SoftWindow soft{windows.of(e), x, n, temperature};
    const double most = soft.most(), sum = soft.sum(most);
    const double count = soft.window.end - soft.window.begin;
    y[e * x.examples + n] = static_cast<float>(most + std::log(mean ? sum / count : sum) / temperature);
  }
};

struct FindWeights {
  WindowView windows;
  View x;
  double temperature;
  float* weight;
  int32_t examples;
  AGON_HD void operator()(int64_t e, int32_t n) const {
    const SoftWindow soft{windows.of(e), x, n, temperature};
    const double most = soft.most(), sum = soft.sum(most);
    for (int32_t k = soft.window.begin; k < soft.window.end; k++)
      weight[(windows.firstLink(e) + k) * examples + n] = static_cast<float>(soft.power(k, most) / sum);
  }
};

/// A window is wanted if a source of it is that has a weight.
struct WeightsWanted {
  WindowView windows;
  const float* weight;
  const uint8_t* x;
  uint8_t* y;
  int32_t examples;
  AGON_HD void operator()(int64_t e) const {
    const Window window = windows.of(e);
    uint8_t any = 0;
    for (int32_t k = window.begin; !any && k < window.end; k++)
      for (int32_t n = 0; x[window.source(k)] && !any && n < examples; n++) any = weight[(windows.firstLink(e) + k) * examples + n] != 0;
    y[e] = any;
  }
};

struct SoftWeights {
  WindowView windows;
  const float* weight;
  int32_t examples;
  AGON_HD float operator()(int64_t link, int64_t y, int64_t, int32_t n) const { return weight[windows.ofAll(y, link) * examples + n]; }
};

class LogSumExp : public Operation {
 public:
  explicit LogSumExp(const Making& making)
      : windows(making, true), temperature(making.maker.instruction().numbers[0]), mean(making.maker.instruction().ints[3] != 0) {}
  WindowTable windows;
  double temperature;
  bool mean;

  void forward(Frame& frame) const override {
    const View x = frame.view(inputs[0]);
    float* y = frame.write(outputs[0], x.examples);
    frame.device.eachRow(windows.size(), x.examples, LogSumExpForward{windows.view(), x, temperature, mean, y});
  }

  /// a: the weight of every link of all planes, per example.
  void linearize(Frame& frame) const override {
    Floats& weight = local(frame).a;
    if (!weight) weight = Floats(frame.device, windows.linkCount() * frame.examples);
    frame.device.eachRow(windows.size(), frame.examples, FindWeights{windows.view(), frame.view(inputs[0]), temperature, weight.data(), frame.examples});
    auto mask = frame.mask(outputs[0]);
    frame.device.each(windows.size(), WeightsWanted{windows.view(), weight.data(), frame.wanted[inputs[0]]->data(), mask->data(), frame.examples});
    frame.wanted[outputs[0]] = std::move(mask);
  }

  void backward(Walk& walk) const override {
    Frame& frame = walk.frame;
    pull(walk, inputs[0], outputs[0], windows.links(), SoftWeights{windows.view(), local(frame).a.data(), frame.examples});
  }
};

}  // namespace

std::unique_ptr<Operation> makeLogSumExp(const Making& making) {
  const Maker& maker = making.maker;
  maker.expectCounts(1, 1, 4, 1, 2);
  maker.keepConstant(0);
  auto op = std::make_unique<LogSumExp>(making);
  maker.expect(op->temperature > 0, "a temperature > 0");
  return op;
}

}  // namespace agon::cuda
