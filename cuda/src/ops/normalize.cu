// Layer, instance and group normalisation: groups of elements are brought to mean 0 and variance 1.
#include "groups.h"

namespace agon::cuda {

namespace {

/// What of() is told of an element: its own number, normalised, and the group's 1 / sqrt(variance + epsilon).
struct Normal {
  double value, inverse;
};

/// One block finds the mean and the variance of one group of one example, and calls to.of(e, n, normal) for its elements.
template <class To>
struct NormalizeGroups {
  static constexpr int threads = groupThreads;
  struct Shared {
    double sum[threads], squares[threads];
  };
  View x;
  int64_t extent;
  double epsilon;
  To to;

  AGON_HD void operator()(Block<threads> block, Shared& shared) const {
    const int64_t base = block.x * extent;
    const int32_t n = static_cast<int32_t>(block.y);
    const double count = static_cast<double>(extent);
    block.each([&](int t) {
      double sum = 0;
      for (int64_t k = t; k < extent; k += threads) sum += x.at(base + k, n);
      shared.sum[t] = sum;
    });
    joinThreads(block, shared.sum, Plus{});
    block.each([&](int t) {
      const double mean = shared.sum[0] / count;
      double squares = 0;
      for (int64_t k = t; k < extent; k += threads) squares += (x.at(base + k, n) - mean) * (x.at(base + k, n) - mean);
      shared.squares[t] = squares;
    });
    joinThreads(block, shared.squares, Plus{});
    block.each([&](int t) {
      const double mean = shared.sum[0] / count, inverse = 1 / std::sqrt(shared.squares[0] / count + epsilon);
      for (int64_t k = t; k < extent; k += threads) to.of(base + k, n, Normal{(x.at(base + k, n) - mean) * inverse, inverse});
    });
  }
};

/// The constants that follow: null is 1 and 0.
struct ScaleShift {
  const float *scale, *shift;
  const int32_t* map;
  AGON_HD double scaleAt(int64_t e) const { return scale ? static_cast<double>(scale[map[e]]) : 1.0; }
  AGON_HD double shiftAt(int64_t e) const { return shift ? static_cast<double>(shift[map[e]]) : 0.0; }
};

struct ToValues {
  ScaleShift by;
  float* y;
  int32_t examples;
  AGON_HD void of(int64_t e, int32_t n, Normal normal) const { y[e * examples + n] = static_cast<float>(normal.value * by.scaleAt(e) + by.shiftAt(e)); }
};

struct ToFactors {
  ScaleShift by;
  double extent;
  float *a, *b;
  int32_t examples;
  AGON_HD void of(int64_t e, int32_t n, Normal normal) const {
    const double c = by.scaleAt(e);
    float* terms = a + 2 * e * examples + n;
    terms[0] = static_cast<float>(c / extent);
    terms[examples] = static_cast<float>(c * normal.value / extent);
    float* own = b + 3 * e * examples + n;
    own[0] = static_cast<float>(normal.inverse * c);
    own[examples] = static_cast<float>(-normal.inverse);
    own[2 * examples] = static_cast<float>(-normal.inverse * normal.value);
  }
};

struct Means {
  const float* a;
  int32_t examples;
  AGON_HD void add(int64_t, int64_t e, int32_t n, float g, float& first, float& second) const {
    const float* terms = a + 2 * e * examples + n;
    first += terms[0] * g;
    second += terms[examples] * g;
  }
};

class Normalize : public Operation {
 public:
  Groups groups;
  double epsilon;
  Floats scale, shift;  // none: 1 and 0
  Ints map;

  void forward(Frame& frame) const override {
    const View x = frame.view(inputs[0]);
    float* y = frame.write(outputs[0], x.examples);
    run(frame, x.examples, ToValues{constants(), y, x.examples});
  }

  /// With x^ the normalised x, c the scale, s = 1 / sqrt(variance + epsilon), G the cotangent:
  /// dx = s c G - s M - s x^ N, M = mean(c G), N = mean(c G x^) per group.
  /// a: {c / extent, c x^ / extent} per element (the terms of M and N); b: {s c, -s, -s x^} per element (the terms of dx); of every example.
  void linearize(Frame& frame) const override {
    Operation::linearize(frame);
    Floats &a = local(frame).a, &b = local(frame).b;
    if (!a) a = Floats(frame.device, 2 * groups.size() * frame.examples);
    if (!b) b = Floats(frame.device, 3 * groups.size() * frame.examples);
    run(frame, frame.examples, ToFactors{constants(), static_cast<double>(groups.extent), a.data(), b.data(), frame.examples});
  }

  int64_t denseProducts(const Frame&) const override { return 5 * groups.size(); }

  void backward(Walk& walk) const override {
    const Local& l = walk.frame.locals[index];
    mixGroups(walk, inputs[0], outputs[0], groups, Means{l.a.data(), walk.frame.examples}, l.b.data());
  }

 private:
  ScaleShift constants() const { return {scale.data(), shift.data(), map.data()}; }

  template <class To>
  void run(Frame& frame, int32_t examples, const To& to) const {
    frame.device.blocks({groups.outer, examples}, NormalizeGroups<To>{frame.view(inputs[0]), groups.extent, epsilon, to});
  }
};

}  // namespace

std::unique_ptr<Operation> makeNormalize(const Making& making) {
  const Maker& maker = making.maker;
  maker.expectCounts(1, 3, 2, 1, 0);
  maker.keepConstant(0);
  auto op = std::make_unique<Normalize>();
  op->groups = {maker.positive(0), maker.positive(1), 1};
  op->epsilon = maker.instruction().numbers[0];
  maker.expect(op->groups.size() == maker.inputSize(0), "groups * extent = size of the input");
  maker.expect(maker.outputSize() == maker.inputSize(0), "input and output of one size");
  if (maker.has(1) || maker.has(2)) {
    const int64_t size = maker.inputSize(maker.has(1) ? 1 : 2);
    if (maker.has(1)) op->scale = Floats(making.device, maker.constant(1, size));
    if (maker.has(2)) op->shift = Floats(making.device, maker.constant(2, size));
    std::vector<int32_t> map = maker.tableOrIdentity(0, maker.outputSize(), size);
    if (map.empty())
      for (int64_t e = 0; e < size; e++) map.push_back(static_cast<int32_t>(e));
    op->map = Ints(making.device, map);
  }
  return op;
}

}  // namespace agon::cuda
