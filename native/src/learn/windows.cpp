// Weighted sums and maxima over windows.
#include "../ops/windows.h"

#include <algorithm>

#include "step.h"

namespace agon {

namespace {

class Pooling : public LearnStep {
 public:
  Windows windows;

  /// Finds whether every element of the input is in one window; then nothing needs to be cleared.
  void findPartition(int64_t inputSize) {
    std::vector<uint8_t> hit(windows.strideIn);
    bool isOnce = windows.strideIn * windows.planes == inputSize && static_cast<int64_t>(windows.sources.size()) == windows.strideIn;
    for (size_t k = 0; k < windows.sources.size() && isOnce; k++) isOnce = windows.sources[k] < windows.strideIn && !hit[windows.sources[k]]++;
    isPartition_ = isOnce;
  }

 protected:
  bool isPartition_ = false;

  /// visit(window, first row of the plane of x, row of y) for every window of every group. Threads split planes, or groups where planes may share inputs and `writesX`.
  template <class Visit>
  void eachWindow(Learning& of, bool writesX, Visit visit) const {
    const int64_t perPlane = (static_cast<int64_t>(windows.sources.size()) + windows.strideOut) * learnLanes;
    const bool isApart = windows.planes == 1 || *std::max_element(windows.sources.begin(), windows.sources.end()) < windows.strideIn;
    const int64_t perItem = writesX && !isApart ? windows.planes : 1;
    of.pool.each(of.groups * windows.planes / perItem, (1 << 14) / (perPlane * perItem) + 1, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin * perItem; i < end * perItem; i++) {
        const int64_t x = i / windows.planes * of.groupSize(inputs[0]) + i % windows.planes * windows.strideIn * learnLanes;
        for (int64_t o = 0; o < windows.strideOut; o++) visit(o, x, (i * windows.strideOut + o) * learnLanes);
      }
    });
  }

  /// Cotangents of the input begin at 0, unless they are added to others.
  void clear(Learning& of) const {
    if (adds[0]) return;
    float* dx = of.cotangent(inputs[0]);
    of.pool.each(of.groups * of.groupSize(inputs[0]), 1 << 16, [&](int64_t begin, int64_t end) { std::fill(dx + begin, dx + end, 0.0f); });
  }
};

class Sum : public Pooling {
 public:
  std::vector<float> weights;

  void forward(Learning& of) override {
    eachWindow(of, false, [&](int64_t o, int64_t inX, int64_t inY) {
      const float* x = of.rows(inputs[0]) + inX;
      alignas(64) float sum[learnLanes] = {};
      for (int32_t k = windows.offsets[o]; k < windows.offsets[o + 1]; k++)
        for (int l = 0; l < learnLanes; l++) sum[l] += weight(k) * x[int64_t{windows.sources[k]} * learnLanes + l];
      std::copy_n(sum, learnLanes, of.write(output) + inY);
    });
  }

  void backward(Learning& of) override {
    clear(of);
    eachWindow(of, true, [&](int64_t o, int64_t inX, int64_t inY) {
      const float* dy = of.cotangent(output) + inY;
      float* dx = of.cotangent(inputs[0]) + inX;
      for (int32_t k = windows.offsets[o]; k < windows.offsets[o + 1]; k++)
        for (int l = 0; l < learnLanes; l++) dx[int64_t{windows.sources[k]} * learnLanes + l] += weight(k) * dy[l];
    });
  }

 private:
  float weight(int32_t k) const { return weights.empty() ? 1.0f : weights[k]; }
};

/// Four lanes of a row.
typedef float Quad __attribute__((vector_size(16), may_alias));
typedef int32_t QuadInts __attribute__((vector_size(16)));

inline Quad at(const float* rows, int64_t row) { return *reinterpret_cast<const Quad*>(rows + row * learnLanes); }
inline Quad choose(QuadInts which, Quad a, Quad b) {
  return reinterpret_cast<Quad>((which & reinterpret_cast<QuadInts>(a)) | (~which & reinterpret_cast<QuadInts>(b)));
}

/// The first maximum wins.
class Max : public Pooling {
 public:
  void forward(Learning& of) override {
    winners_.resize(of.groups * of.groupSize(output));
    eachWindow(of, false, [&](int64_t o, int64_t inX, int64_t inY) {
      const int32_t* sources = windows.sources.data() + windows.offsets[o];
      const int32_t count = windows.offsets[o + 1] - windows.offsets[o];
      for (int64_t q = 0; q < learnLanes; q += 4) {
        const float* x = of.rows(inputs[0]) + inX + q;
        Quad best = at(x, sources[0]);
        QuadInts winner = {};
        for (int32_t k = 1; k < count; k++) {
          const Quad other = at(x, sources[k]);
          const QuadInts wins = other > best;
          winner = (winner & ~wins) | (wins & k);
          best = choose(wins, other, best);
        }
        *reinterpret_cast<Quad*>(of.write(output) + inY + q) = best;
        for (int l = 0; l < 4; l++) winners_[inY + q + l] = static_cast<uint16_t>(winner[l]);
      }
    });
  }

  void backward(Learning& of) override {
    const bool isWritten = !adds[0] && isPartition_;
    if (!isWritten) clear(of);
    eachWindow(of, true, [&](int64_t o, int64_t inX, int64_t inY) {
      const int32_t* sources = windows.sources.data() + windows.offsets[o];
      const int32_t count = windows.offsets[o + 1] - windows.offsets[o];
      for (int64_t q = 0; q < learnLanes; q += 4) {
        const uint16_t* winners = winners_.data() + inY + q;
        const QuadInts winner = {winners[0], winners[1], winners[2], winners[3]};
        Quad share = at(of.cotangent(output) + inY + q, 0);
        if (rectifiesBack_) share = choose(at(of.rows(output) + inY + q, 0) > 0, share, Quad{});
        float* dx = of.cotangent(inputs[0]) + inX + q;
        for (int32_t k = 0; k < count; k++) {
          auto& to = *reinterpret_cast<Quad*>(dx + int64_t{sources[k]} * learnLanes);
          const Quad own = choose(winner == k, share, Quad{});
          to = isWritten ? own : to + own;
        }
      }
    });
  }

  bool rectifyBack() override { return rectifiesBack_ = true; }

 private:
  bool rectifiesBack_ = false;
  std::vector<uint16_t> winners_;  // which source of its window, per row and lane
};

}  // namespace

std::unique_ptr<LearnStep> learnSum(Maker& maker) {
  maker.expectCounts(1, 1, 3, 0, 2);
  maker.expect(!maker.isConstant(0), "an input that is no constant");
  auto step = std::make_unique<Sum>();
  step->weights = maker.instruction().numbers;
  step->windows = readWindows(maker);
  maker.expect(step->weights.empty() || step->weights.size() == step->windows.sources.size(), "a weight per source");
  return step;
}

std::unique_ptr<LearnStep> learnMax(Maker& maker) {
  maker.expectCounts(1, 1, 3, 0, 2);
  maker.expect(!maker.isConstant(0), "an input that is no constant");
  auto step = std::make_unique<Max>();
  step->windows = readWindows(maker);
  const auto& offsets = step->windows.offsets;
  for (size_t o = 1; o < offsets.size(); o++)
    maker.expect(offsets[o - 1] < offsets[o] && offsets[o] - offsets[o - 1] <= UINT16_MAX, "1 to 65535 sources in every window");
  step->findPartition(maker.inputSize(0));
  return step;
}

}  // namespace agon
