// Window maximum: the first of equals wins and gets the whole derivative.
#include "windows.h"

namespace agon::cuda {

namespace {

AGON_HD inline int32_t winnerOf(const Window& window, const View& x, int32_t n) {
  int32_t best = window.begin;
  float most = x.at(window.source(best), n);
  for (int32_t k = window.begin + 1; k < window.end; k++) {
    const float at = x.at(window.source(k), n);
    if (!(at > most)) continue;
    most = at;
    best = k;
  }
  return best;
}

struct MaxForward {
  WindowView windows;
  View x;
  float* y;
  AGON_HD void operator()(int64_t e, int32_t n) const {
    const Window window = windows.of(e);
    y[e * x.examples + n] = x.at(window.source(winnerOf(window, x, n)), n);
  }
};

struct FindWinners {
  WindowView windows;
  View x;
  int32_t* winners;
  int32_t examples;
  AGON_HD void operator()(int64_t e, int32_t n) const { winners[e * examples + n] = winnerOf(windows.of(e), x, n); }
};

struct WinnersWanted {
  WindowView windows;
  const int32_t* winners;
  const uint8_t* x;
  uint8_t* y;
  int32_t examples;
  AGON_HD void operator()(int64_t e) const {
    const Window window = windows.of(e);
    uint8_t any = 0;
    for (int32_t n = 0; n < examples; n++) any |= x[window.source(winners[e * examples + n])];
    y[e] = any;
  }
};

/// 1 for the link of the winner.
struct Wins {
  WindowView windows;
  const int32_t* winners;
  int32_t examples;
  AGON_HD float operator()(int64_t link, int64_t y, int64_t, int32_t n) const {
    return winners[y * examples + n] == windows.inPlane(y, link) ? 1.0f : 0.0f;
  }
};

class Max : public Operation {
 public:
  explicit Max(const Making& making) : windows(making, true) {}
  WindowTable windows;

  void forward(Frame& frame) const override {
    const View x = frame.view(inputs[0]);
    float* y = frame.write(outputs[0], x.examples);
    frame.device.eachRow(windows.size(), x.examples, MaxForward{windows.view(), x, y});
  }

  /// index: which of its sources wins, per window and example; the same for all labels.
  void linearize(Frame& frame) const override {
    Ints& winners = local(frame).index;
    if (!winners) winners = Ints(frame.device, windows.size() * frame.examples);
    frame.device.eachRow(windows.size(), frame.examples, FindWinners{windows.view(), frame.view(inputs[0]), winners.data(), frame.examples});
    auto mask = frame.mask(outputs[0]);
    frame.device.each(windows.size(), WinnersWanted{windows.view(), winners.data(), frame.wanted[inputs[0]]->data(), mask->data(), frame.examples});
    frame.wanted[outputs[0]] = std::move(mask);
  }

  void backward(Walk& walk) const override {
    Frame& frame = walk.frame;
    pull(walk, inputs[0], outputs[0], windows.links(), Wins{windows.view(), local(frame).index.data(), frame.examples});
  }
};

}  // namespace

std::unique_ptr<Operation> makeMax(const Making& making) {
  making.maker.expectCounts(1, 1, 3, 0, 2);
  making.maker.keepConstant(0);
  return std::make_unique<Max>(making);
}

}  // namespace agon::cuda
