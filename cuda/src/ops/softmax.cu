// Softmax and LogSoftmax over the middle axis of [outer, extent, inner].
#include "groups.h"

namespace agon::cuda {

namespace {

/// One block per group and example.
struct SoftmaxForward {
  static constexpr int threads = groupThreads;
  struct Shared {
    float most[threads];
    double sum[threads];
  };
  View x;
  Groups groups;
  bool log;
  float* y;

  AGON_HD void operator()(Block<threads> block, Shared& shared) const {
    const int64_t base = groups.first(block.x);
    const int32_t n = static_cast<int32_t>(block.y);
    const auto at = [&](int64_t k) { return x.at(base + k * groups.inner, n); };
    block.each([&](int t) {
      float most = at(t < groups.extent ? t : 0);
      for (int64_t k = t; k < groups.extent; k += threads) most = most < at(k) ? at(k) : most;
      shared.most[t] = most;
    });
    joinThreads(block, shared.most, [](float a, float b) { return a < b ? b : a; });
    block.each([&](int t) {
      double sum = 0;
      for (int64_t k = t; k < groups.extent; k += threads) sum += std::exp(static_cast<double>(at(k)) - shared.most[0]);
      shared.sum[t] = sum;
    });
    joinThreads(block, shared.sum, Plus{});
    block.each([&](int t) {
      const double logSum = std::log(shared.sum[0]);
      for (int64_t k = t; k < groups.extent; k += threads) {
        const double power = static_cast<double>(at(k)) - shared.most[0] - logSum;
        y[(base + k * groups.inner) * x.examples + n] = static_cast<float>(log ? power : std::exp(power));
      }
    });
  }
};

/// One block per group and example.
struct SoftmaxFactors {
  static constexpr int threads = groupThreads;
  struct Likely {
    float value;
    int64_t k;
  };
  struct Shared {
    Likely likeliest[threads];
    double others[threads];
  };
  View y;
  Groups groups;
  bool log;
  float* a;
  int32_t* likeliest;
  int32_t examples;

  AGON_HD double probability(int64_t k, int64_t base, int32_t n) const {
    const double value = y.at(base + k * groups.inner, n);
    return log ? std::exp(value) : value;
  }

  AGON_HD void operator()(Block<threads> block, Shared& shared) const {
    const int64_t base = groups.first(block.x);
    const int32_t n = static_cast<int32_t>(block.y);
    block.each([&](int t) {
      const int64_t first = t < groups.extent ? t : 0;
      Likely most{y.at(base + first * groups.inner, n), first};
      for (int64_t k = t; k < groups.extent; k += threads)
        if (y.at(base + k * groups.inner, n) > most.value) most = {y.at(base + k * groups.inner, n), k};
      shared.likeliest[t] = most;
    });
    joinThreads(block, shared.likeliest, [](Likely a, Likely b) { return b.value > a.value || (b.value == a.value && b.k < a.k) ? b : a; });
    block.each([&](int t) {
      double others = 0;
      for (int64_t k = t; k < groups.extent; k += threads)
        if (k != shared.likeliest[0].k) others += probability(k, base, n);
      shared.others[t] = others;
    });
    joinThreads(block, shared.others, Plus{});
    block.each([&](int t) {
      const int64_t m = shared.likeliest[0].k;
      const double ofLikeliest = log ? 1 : probability(m, base, n);
      for (int64_t k = t; k < groups.extent; k += threads) {
        const double p = probability(k, base, n), scale = log ? 1 : p;
        float* own = a + 3 * (base + k * groups.inner) * examples + n;
        own[0] = static_cast<float>(k == m ? scale * shared.others[0] : scale);
        own[examples] = static_cast<float>(-p);
        own[2 * examples] = k == m ? 0 : static_cast<float>(-p * ofLikeliest);
      }
      if (t == 0) likeliest[block.x * examples + n] = static_cast<int32_t>(base + m * groups.inner);
    });
  }
};

/// S, and G_m.
struct OthersAndLikeliest {
  const float* a;
  const int32_t* likeliest;
  int32_t examples;
  AGON_HD void add(int64_t group, int64_t e, int32_t n, float g, float& first, float& second) const {
    if (likeliest[group * examples + n] == e) {
      second += g;
    } else {
      first += a[3 * e * examples + n] * g;
    }
  }
};

class Softmax : public Operation {
 public:
  Groups groups;
  bool log;

  void forward(Frame& frame) const override {
    const View x = frame.view(inputs[0]);
    float* y = frame.write(outputs[0], x.examples);
    frame.device.blocks({groups.count(), x.examples}, SoftmaxForward{x, groups, log, y});
  }

  /// With p the probabilities and G the cotangent: softmax dx_i = p_i (G_i - sum_j p_j G_j), log-softmax dx_i = G_i - p_i sum_j G_j.
  /// Where one probability p_m is nearly 1, that difference of nearly equal numbers would be lost to rounding, so element m, the likeliest of
  /// its group, is kept out of the sum S and its own factor is 1 - p_m, added up from the others:
  ///   softmax:     dx_m = p_m (1 - p_m) G_m - p_m S,  dx_i = p_i G_i - p_i S - p_i p_m G_m,  S = sum over j != m of p_j G_j
  ///   log-softmax: dx_m = (1 - p_m) G_m - p_m S,      dx_i = G_i - p_i S - p_i G_m,          S = sum over j != m of G_j
  /// a: the factors of G_i (in S as well), S and G_m for every element; index: m for every group; of every example.
  void linearize(Frame& frame) const override {
    Operation::linearize(frame);
    Local& l = local(frame);
    if (!l.a) l.a = Floats(frame.device, 3 * groups.size() * frame.examples);
    if (!l.index) l.index = Ints(frame.device, groups.count() * frame.examples);
    frame.device.blocks({groups.count(), frame.examples}, SoftmaxFactors{frame.view(outputs[0]), groups, log, l.a.data(), l.index.data(), frame.examples});
  }

  int64_t denseProducts(const Frame&) const override { return 4 * groups.size(); }

  void backward(Walk& walk) const override {
    const Local& l = walk.frame.locals[index];
    mixGroups(walk, inputs[0], outputs[0], groups, OthersAndLikeliest{l.a.data(), l.index.data(), walk.frame.examples}, l.a.data());
  }
};

}  // namespace

std::unique_ptr<Operation> makeSoftmax(const Making& making) {
  const Maker& maker = making.maker;
  maker.expectCounts(1, 1, 3, 0, 0);
  maker.keepConstant(0);
  auto op = std::make_unique<Softmax>();
  op->groups = {maker.positive(0), maker.positive(1), maker.positive(2)};
  op->log = maker.instruction().kind == Kind::LogSoftmax;
  maker.expect(op->groups.size() == maker.inputSize(0), "ints that multiply to the size of the input");
  maker.expect(maker.outputSize() == maker.inputSize(0), "input and output of one size");
  return op;
}

}  // namespace agon::cuda
