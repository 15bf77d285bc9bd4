// Gather with indices that depend on the input: embedding tables. The derivative goes to the table only.
#include "../batch/batch.h"
#include "../batch/pull.h"
#include "../walk.h"
#include "lookup-position.h"

namespace agon {

namespace {

class Lookup : public Operation {
 public:
  int64_t outer, extent, inner;

  void forward(Frame& frame) const override {
    const float* x = frame.data[inputs[0]];
    float* y = frame.write(outputs[0]);
    each(frame, [&](int64_t e, int64_t source) { y[e] = x[source]; });
  }

  /// index: the element of the table per element of the output.
  void linearize(Frame& frame) const override {
    if (!frame.wanted[inputs[0]]) return;
    const Mask& x = *frame.wanted[inputs[0]];
    auto& source = local(frame).index;
    source.resize(frame.size(outputs[0]));
    Mask y(source.size());
    each(frame, [&](int64_t e, int64_t from) {
      source[e] = static_cast<int32_t>(from);
      y[e] = x[from];
    });
    frame.want(outputs[0], std::move(y));
  }

  void backward(Walk& walk) const override {
    Links links;
    links.source = local(walk.frame).index.data();
    walk.pull(0, inputs[0], walk.take(outputs[0]), links);
  }

  bool canBatch() const override { return true; }
  int64_t batchRowsKept() const override { return 1; }
  void forwardBatch(Batch& batch) const override { forwardByLane(batch, *this); }
  void backwardBatch(Walk& walk) const override {
    pullWinners(walk, inputs[0], walk.take(outputs[0]), local(walk.frame).index.data());
  }

 private:
  template <class Visit>
  void each(Frame& frame, Visit visit) const {
    const float* indices = frame.data[inputs[1]];
    const int64_t count = frame.size(inputs[1]);
    for (int64_t o = 0, e = 0; o < outer; o++) {
      for (int64_t j = 0; j < count; j++) {
        const int64_t from = (o * extent + lookupPosition(indices[j], extent)) * inner;
        for (int64_t i = 0; i < inner; i++) visit(e++, from + i);
      }
    }
  }
};

}  // namespace

std::unique_ptr<Operation> makeLookup(Maker& maker) {
  maker.expectCounts(2, 2, 3, 0, 0);
  maker.keepConstant(0);
  maker.keepConstant(1);
  auto op = std::make_unique<Lookup>();
  op->outer = maker.positive(0);
  op->extent = maker.positive(1);
  op->inner = maker.positive(2);
  maker.expect(op->outer * op->extent * op->inner == maker.inputSize(0), "ints that multiply to the size of the table");
  maker.expect(op->outer * maker.inputSize(1) * op->inner == maker.outputSize(), "an output of outer * indices * inner");
  return op;
}

}  // namespace agon
