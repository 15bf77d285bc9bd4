// Local response normalisation over channels:
// y_c = x_c d_c^-beta, d_c = bias + alpha / size * sum of x_j^2 over j in c - floor((size-1)/2) .. c + ceil((size-1)/2).
#include <algorithm>
#include <cmath>

#include "../batch/window-lanes.h"
#include "windows.h"

namespace agon {

namespace {

class Lrn : public Operation {
 public:
  int64_t channels, positions, size;
  double alpha, beta, bias;

  void forward(Frame& frame) const override {
    const float* x = frame.data[inputs[0]];
    float* y = frame.write(outputs[0]);
    for (int64_t c = 0; c < channels; c++)
      for (int64_t p = 0; p < positions; p++)
        y[c * positions + p] = static_cast<float>(x[c * positions + p] * std::pow(denominator(x, c, p), -beta));
  }

  void linearize(Frame& frame) const override {
    const Mask& wanted = *frame.wanted[inputs[0]];
    Mask y(channels * positions, 0);
    for (int64_t c = 0; c < channels; c++)
      for (int64_t p = 0; p < positions; p++)
        for (int64_t j = first(c); j <= last(c); j++) y[c * positions + p] |= wanted[j * positions + p];
    frame.want(outputs[0], std::move(y));
  }

  /// dy_c / dx_j = [c = j] d_c^-beta - 2 alpha beta / size x_c x_j d_c^(-beta-1) for j in the window of c.
  void backward(Walk& walk) const override {
    const float* x = walk.frame.data[inputs[0]];
    walk.pullLazily(0, inputs[0], walk.take(outputs[0]), [&] { return linksOf(x); });
  }

  bool canBatch() const override { return true; }

  void forwardBatch(Batch& batch) const override {
    forwardByLane(batch, *this);
    if (!batch.wants(inputs[0])) return;
    int64_t links = 0;
    for (int64_t c = 0; c < channels; c++) links += (last(c) - first(c) + 1) * positions;
    keepWindowLinks(batch, inputs[0], outputs[0], links, [&](const float* x, const float*) { return linksOf(x); });
  }

  void backwardBatch(Walk& walk) const override {
    const std::vector<float> any(channels * positions, 0.0f);
    pullWindowLinks(walk, inputs[0], walk.take(outputs[0]), linksOf(any.data()), local(walk.frame));
  }

 private:
  WindowLinks linksOf(const float* x) const {
    WindowLinks links;
    links.offsets.push_back(0);
    for (int64_t c = 0; c < channels; c++) {
      for (int64_t p = 0; p < positions; p++) {
        const double d = denominator(x, c, p), power = std::pow(d, -beta);
        for (int64_t j = first(c); j <= last(c); j++) {
          const double cross = 2 * alpha * beta / static_cast<double>(size) * x[c * positions + p] * x[j * positions + p] * power / d;
          links.source.push_back(static_cast<int32_t>(j * positions + p));
          links.coefficient.push_back(static_cast<float>((j == c ? power : 0.0) - cross));
        }
        links.offsets.push_back(static_cast<int32_t>(links.source.size()));
      }
    }
    return links;
  }

  int64_t first(int64_t c) const { return std::max<int64_t>(0, c - (size - 1) / 2); }
  int64_t last(int64_t c) const { return std::min(channels - 1, c + size / 2); }
  double denominator(const float* x, int64_t c, int64_t p) const {
    double squares = 0;
    for (int64_t j = first(c); j <= last(c); j++) squares += static_cast<double>(x[j * positions + p]) * x[j * positions + p];
    return bias + alpha / static_cast<double>(size) * squares;
  }
};

}  // namespace

std::unique_ptr<Operation> makeLrn(Maker& maker) {
  maker.expectCounts(1, 1, 3, 3, 0);
  maker.keepConstant(0);
  auto op = std::make_unique<Lrn>();
  op->channels = maker.positive(0);
  op->positions = maker.positive(1);
  op->size = maker.positive(2);
  const auto& numbers = maker.instruction().numbers;
  op->alpha = numbers[0];
  op->beta = numbers[1];
  op->bias = numbers[2];
  maker.expect(op->channels * op->positions == maker.inputSize(0), "channels * positions = size of the input");
  maker.expect(maker.outputSize() == maker.inputSize(0), "input and output of one size");
  return op;
}

}  // namespace agon
