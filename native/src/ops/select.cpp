// y = condition ? a : b. The condition has no derivative.
#include "../batch/batch.h"
#include "../batch/pull.h"
#include "../walk.h"

namespace agon {

namespace {

class Select : public Operation {
 public:
  std::vector<int32_t> maps[3];  // condition, a, b; empty: the same element

  void forward(Frame& frame) const override {
    const float *c = frame.data[inputs[0]], *a = frame.data[inputs[1]], *b = frame.data[inputs[2]];
    float* y = frame.write(outputs[0]);
    const int64_t size = frame.size(outputs[0]);
    for (int64_t e = 0; e < size; e++) y[e] = c[at(0, e)] != 0 ? a[at(1, e)] : b[at(2, e)];
  }

  /// a, b: 1 where that side is taken and wanted.
  void linearize(Frame& frame) const override {
    const float* c = frame.data[inputs[0]];
    const int64_t size = frame.size(outputs[0]);
    Mask y(size, 0);
    for (int side = 1; side <= 2; side++) {
      auto& taken = side == 1 ? local(frame).a : local(frame).b;
      if (!frame.wanted[inputs[side]]) continue;
      const Mask& wanted = *frame.wanted[inputs[side]];
      taken.assign(size, 0.0f);
      for (int64_t e = 0; e < size; e++) {
        if ((c[at(0, e)] != 0) != (side == 1) || !wanted[at(side, e)]) continue;
        taken[e] = 1;
        y[e] = 1;
      }
    }
    frame.want(outputs[0], std::move(y));
  }

  void backward(Walk& walk) const override {
    Cotangent g = walk.take(outputs[0]);
    const Local& l = local(walk.frame);
    walk.pull(0, inputs[1], walk.wants(inputs[2]) ? g : std::move(g), links(1, l.a));
    walk.pull(1, inputs[2], std::move(g), links(2, l.b));
  }

  bool canBatch() const override { return true; }
  int64_t batchRowsKept() const override { return 2; }
  void forwardBatch(Batch& batch) const override { forwardByLane(batch, *this); }

  void backwardBatch(Walk& walk) const override {
    Cotangent g = walk.take(outputs[0]);
    const Local& l = local(walk.frame);
    pullLanes(walk, 0, inputs[1], walk.wants(inputs[2]) ? g : std::move(g), {links(1, l.a).source, l.rowsA.data(), nullptr});
    pullLanes(walk, 1, inputs[2], std::move(g), {links(2, l.b).source, l.rowsB.data(), nullptr});
  }

 private:
  int64_t at(int which, int64_t e) const { return maps[which].empty() ? e : maps[which][e]; }
  Links links(int side, const std::vector<float>& taken) const {
    return {nullptr, maps[side].empty() ? nullptr : maps[side].data(), taken.data()};
  }
};

}  // namespace

std::unique_ptr<Operation> makeSelect(Maker& maker) {
  maker.expectCounts(3, 3, 0, 0, 0);
  auto op = std::make_unique<Select>();
  for (size_t i = 0; i < 3; i++) {
    maker.keepConstant(i);
    op->maps[i] = maker.tableOrIdentity(i, maker.outputSize(), maker.inputSize(i));
  }
  return op;
}

}  // namespace agon
