// Window maximum: the first of equals wins and gets the whole derivative.
#include "windows.h"

namespace agon {

namespace {

class Max : public Operation {
 public:
  Windows windows;

  void forward(Frame& frame) const override {
    const float* x = frame.data[inputs[0]];
    float* y = frame.write(outputs[0]);
    windows.each([&](int64_t e, int64_t begin, int64_t end, int64_t base) { y[e] = x[winner(x, begin, end, base)]; });
  }

  void linearize(Frame& frame) const override {
    const float* x = frame.data[inputs[0]];
    const Mask& wantedX = *frame.wanted[inputs[0]];
    auto& winners = local(frame).index;
    winners.resize(windows.size());
    Mask y(windows.size());
    windows.each([&](int64_t e, int64_t begin, int64_t end, int64_t base) {
      winners[e] = static_cast<int32_t>(winner(x, begin, end, base));
      y[e] = wantedX[winners[e]];
    });
    frame.want(outputs[0], std::move(y));
  }

  void backward(Walk& walk) const override {
    Links links;
    links.source = local(walk.frame).index.data();
    walk.pull(0, inputs[0], walk.take(outputs[0]), links);
  }

 private:
  int64_t winner(const float* x, int64_t begin, int64_t end, int64_t base) const {
    int64_t best = base + windows.sources[begin];
    for (int64_t k = begin + 1; k < end; k++) {
      const int64_t at = base + windows.sources[k];
      if (x[at] > x[best]) best = at;
    }
    return best;
  }
};

}  // namespace

std::unique_ptr<Operation> makeMax(Maker& maker) {
  maker.expectCounts(1, 1, 3, 0, 2);
  maker.keepConstant(0);
  auto op = std::make_unique<Max>();
  op->windows = readWindows(maker);
  for (size_t o = 1; o < op->windows.offsets.size(); o++)
    maker.expect(op->windows.offsets[o - 1] < op->windows.offsets[o], "a source in every window");
  return op;
}

}  // namespace agon
