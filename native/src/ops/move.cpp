// Alias, Gather: elements that move. Backward passes are changes of the table.
#include <algorithm>

#include "../batch/batch.h"
#include "../walk.h"
#include "grain.h"

namespace agon {

namespace {

class Alias : public Operation {
 public:
  void forward(Frame& frame) const override { frame.alias(outputs[0], inputs[0]); }
  void linearize(Frame& frame) const override { frame.wanted[outputs[0]] = frame.wanted[inputs[0]]; }
  void backward(Walk& walk) const override { walk.give(inputs[0], walk.take(outputs[0])); }

  bool canBatch() const override { return true; }
  void forwardBatch(Batch& batch) const override {
    batch.alias(outputs[0], inputs[0]);
    if (!batch.dry && batch.wants(inputs[0])) linearize(batch.frame);
  }
};

class Gather : public Operation {
 public:
  std::vector<int32_t> source;
  float pad;

  void forward(Frame& frame) const override {
    const float* x = frame.data[inputs[0]];
    float* y = frame.write(outputs[0]);
    frame.pool.each(static_cast<int64_t>(source.size()), grain, [&](int64_t begin, int64_t end) {
      for (int64_t e = begin; e < end; e++) y[e] = source[e] < 0 ? pad : x[source[e]];
    });
  }

  void linearize(Frame& frame) const override {
    const Mask& x = *frame.wanted[inputs[0]];
    Mask y(source.size());
    frame.pool.each(static_cast<int64_t>(y.size()), grain, [&](int64_t begin, int64_t end) {
      for (int64_t e = begin; e < end; e++) y[e] = source[e] >= 0 && x[source[e]];
    });
    frame.want(outputs[0], std::move(y));
  }

  void backward(Walk& walk) const override {
    Links links;
    links.source = source.data();
    walk.pull(0, inputs[0], walk.take(outputs[0]), links);
  }

  bool canBatch() const override { return true; }

  void forwardBatch(Batch& batch) const override {
    const float* x = batch.rows(inputs[0]);
    float* y = batch.write(outputs[0]);
    if (batch.dry) return;
    if (batch.wants(inputs[0])) linearize(batch.frame);
    eachElement(batch, batch.size(outputs[0]), [&](int64_t begin, int64_t end) {
      for (int64_t e = begin; e < end; e++) {
        float* to = y + e * batchLanes;
        if (source[e] < 0) {
          std::fill(to, to + batchLanes, pad);
        } else {
          std::copy(x + int64_t{source[e]} * batchLanes, x + (int64_t{source[e]} + 1) * batchLanes, to);
        }
      }
    });
  }
};

}  // namespace

std::unique_ptr<Operation> makeAlias(Maker& maker) {
  maker.expectCounts(1, 1, 0, 0, 0);
  maker.expect(maker.inputSize(0) == maker.outputSize(), "input and output of one size");
  maker.keepConstant(0);
  return std::make_unique<Alias>();
}

std::unique_ptr<Operation> makeGather(Maker& maker) {
  maker.expectCounts(1, 1, 0, 0, 1);
  maker.keepConstant(0);
  auto op = std::make_unique<Gather>();
  op->source = maker.table(0, maker.outputSize(), -1, maker.inputSize(0));
  op->pad = maker.instruction().numbers.empty() ? 0.0f : maker.instruction().numbers[0];
  return op;
}

}  // namespace agon
