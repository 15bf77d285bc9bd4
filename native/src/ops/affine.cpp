// y = x scale + shift with constants: batch normalisation.
#include "../batch/batch.h"
#include "../tangents.h"
#include "../walk.h"
#include "grain.h"

namespace agon {

namespace {

class Affine : public Operation {
 public:
  std::vector<float> scale, shift;
  std::vector<int32_t> map;

  void forward(Frame& frame) const override {
    const float* x = frame.data[inputs[0]];
    float* y = frame.write(outputs[0]);
    frame.pool.each(static_cast<int64_t>(map.size()), grain, [&](int64_t begin, int64_t end) {
      for (int64_t e = begin; e < end; e++) y[e] = x[e] * scale[map[e]] + shift[map[e]];
    });
  }

  void linearize(Frame& frame) const override { frame.wanted[outputs[0]] = frame.wanted[inputs[0]]; }

  void backward(Walk& walk) const override {
    walk.pullLazily(0, inputs[0], walk.take(outputs[0]), [&] { return Held{coefficients()}; });
  }

  std::unique_ptr<Carrier> carrier(const Frame& frame) const override {
    return std::make_unique<ElementCarrier>(*frame.wanted[outputs[0]], coefficients());
  }

  bool canBatch() const override { return true; }

  void forwardBatch(Batch& batch) const override {
    const float* x = batch.rows(inputs[0]);
    float* y = batch.writeOver(outputs[0], inputs[0]);
    if (batch.dry) return;
    if (batch.wants(inputs[0])) linearize(batch.frame);
    eachElement(batch, batch.size(outputs[0]), [&](int64_t begin, int64_t end) {
      for (int64_t e = begin; e < end; e++) {
        const float by = scale[map[e]], to = shift[map[e]];
        for (int l = 0; l < batchLanes; l++) y[e * batchLanes + l] = x[e * batchLanes + l] * by + to;
      }
    });
  }

 private:
  /// Per element.
  std::vector<float> coefficients() const {
    std::vector<float> all(map.size());
    for (size_t e = 0; e < map.size(); e++) all[e] = scale[map[e]];
    return all;
  }

  struct Held {
    std::vector<float> coefficient;
    Links links() const { return {nullptr, nullptr, coefficient.data()}; }
  };
};

}  // namespace

std::unique_ptr<Operation> makeAffine(Maker& maker) {
  maker.expectCounts(3, 3, 0, 0, 1);
  maker.expect(maker.inputSize(0) == maker.outputSize(), "input and output of one size");
  maker.keepConstant(0);
  auto op = std::make_unique<Affine>();
  op->scale = maker.constant(1, maker.inputSize(1));
  op->shift = maker.constant(2, maker.inputSize(1));
  op->map = maker.table(0, maker.outputSize(), 0, maker.inputSize(1));
  return op;
}

}  // namespace agon
