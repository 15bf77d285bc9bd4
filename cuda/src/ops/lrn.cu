// Local response normalisation over channels:
// y_c = x_c d_c^-beta, d_c = bias + alpha / size * sum of x_j^2 over j in c - floor((size-1)/2) .. c + ceil((size-1)/2).
#include <algorithm>

#include "../pull.h"

namespace agon::cuda {

namespace {

/// Which elements of [channels, positions] are in the window of which.
struct Neighbours {
  int64_t channels, positions, size;
  /// Channels of the longest window.
  int64_t width;
  AGON_HD int64_t first(int64_t c) const { return c - (size - 1) / 2 > 0 ? c - (size - 1) / 2 : 0; }
  AGON_HD int64_t last(int64_t c) const { return c + size / 2 < channels - 1 ? c + size / 2 : channels - 1; }
  /// Of channel j in the window of c at position p.
  AGON_HD int64_t link(int64_t c, int64_t j, int64_t p) const { return (c * positions + p) * width + j - first(c); }

  /// Calls use(element of y, link) for every element of y whose window holds element e of x.
  template <class Use>
  AGON_HD void each(int64_t e, Use use) const {
    const int64_t j = e / positions, p = e % positions;
    const int64_t from = j - size / 2 > 0 ? j - size / 2 : 0, to = j + (size - 1) / 2 < channels - 1 ? j + (size - 1) / 2 : channels - 1;
    for (int64_t c = from; c <= to; c++) use(c * positions + p, link(c, j, p));
  }
};

/// d_c at one position, and its power.
struct Denominator {
  Neighbours of;
  View x;
  double alpha, beta, bias;
  AGON_HD double at(int64_t c, int64_t p, int32_t n) const {
    double squares = 0;
    for (int64_t j = of.first(c); j <= of.last(c); j++) {
      const double value = x.at(j * of.positions + p, n);
      squares += value * value;
    }
    return bias + alpha / static_cast<double>(of.size) * squares;
  }
  AGON_HD double power(double d) const { return std::pow(d, -beta); }
};

struct LrnForward {
  Denominator denominator;
  float* y;
  AGON_HD void operator()(int64_t e, int32_t n) const {
    const View& x = denominator.x;
    const int64_t positions = denominator.of.positions;
    const double d = denominator.at(e / positions, e % positions, n);
    y[e * x.examples + n] = static_cast<float>(x.at(e, n) * denominator.power(d));
  }
};

struct LrnSlope {
  Denominator denominator;
  float* slope;  // per link and example
  int32_t examples;
  AGON_HD void operator()(int64_t e, int32_t n) const {
    const Neighbours& of = denominator.of;
    const View& x = denominator.x;
    const int64_t c = e / of.positions, p = e % of.positions;
    const double d = denominator.at(c, p, n), power = denominator.power(d);
    for (int64_t j = of.first(c); j <= of.last(c); j++) {
      const double cross =
          2 * denominator.alpha * denominator.beta / static_cast<double>(of.size) * x.at(e, n) * x.at(j * of.positions + p, n) * power / d;
      slope[of.link(c, j, p) * examples + n] = static_cast<float>((j == c ? power : 0.0) - cross);
    }
  }
};

struct LrnWanted {
  Neighbours of;
  const uint8_t* x;
  uint8_t* y;
  AGON_HD void operator()(int64_t e) const {
    const int64_t c = e / of.positions, p = e % of.positions;
    y[e] = 0;
    for (int64_t j = of.first(c); j <= of.last(c); j++) y[e] |= x[j * of.positions + p];
  }
};

struct PerLinkOf {
  const float* slope;
  int32_t examples;
  AGON_HD float operator()(int64_t link, int64_t, int64_t, int32_t n) const { return slope[link * examples + n]; }
};

class Lrn : public Operation {
 public:
  Neighbours of;
  double alpha, beta, bias;

  void forward(Frame& frame) const override {
    const View x = frame.view(inputs[0]);
    float* y = frame.write(outputs[0], x.examples);
    frame.device.eachRow(frame.size(outputs[0]), x.examples, LrnForward{denominator(x), y});
  }

  /// a: dy_c / dx_j = [c = j] d_c^-beta - 2 alpha beta / size x_c x_j d_c^(-beta-1) for j in the window of c, per link and example.
  void linearize(Frame& frame) const override {
    const int64_t size = frame.size(outputs[0]);
    auto mask = frame.mask(outputs[0]);
    frame.device.each(size, LrnWanted{of, frame.wanted[inputs[0]]->data(), mask->data()});
    frame.wanted[outputs[0]] = std::move(mask);
    Floats& slope = local(frame).a;
    if (!slope) slope = Floats(frame.device, size * of.width * frame.examples);
    frame.device.eachRow(size, frame.examples, LrnSlope{denominator(frame.view(inputs[0])), slope.data(), frame.examples});
  }

  void backward(Walk& walk) const override {
    pull(walk, inputs[0], outputs[0], of, PerLinkOf{walk.frame.locals[index].a.data(), walk.frame.examples});
  }

 private:
  Denominator denominator(const View& x) const { return {of, x, alpha, beta, bias}; }
};

}  // namespace

std::unique_ptr<Operation> makeLrn(const Making& making) {
  const Maker& maker = making.maker;
  maker.expectCounts(1, 1, 3, 3, 0);
  maker.keepConstant(0);
  auto op = std::make_unique<Lrn>();
  const int64_t channels = maker.positive(0), positions = maker.positive(1), size = maker.positive(2);
  op->of = {channels, positions, size, std::min(size, channels)};
  const auto& numbers = maker.instruction().numbers;
  op->alpha = numbers[0];
  op->beta = numbers[1];
  op->bias = numbers[2];
  maker.expect(channels * positions == maker.inputSize(0), "channels * positions = size of the input");
  maker.expect(maker.outputSize() == maker.inputSize(0), "input and output of one size");
  return op;
}

}  // namespace agon::cuda
