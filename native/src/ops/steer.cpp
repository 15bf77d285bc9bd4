// Detach, Through, Rectify: values pass, and something else than the derivative goes back.
#include <algorithm>

#include "../batch/batch.h"
#include "../walk.h"

namespace agon {

namespace {

/// Rows per piece of work.
constexpr int64_t rowGrain = 2048;

/// Nothing goes back: no element of the output is wanted.
class Detach : public Operation {
 public:
  void forward(Frame& frame) const override { frame.alias(outputs[0], inputs[0]); }
  void linearize(Frame& frame) const override { frame.wanted[outputs[0]] = nullptr; }
  void backward(Walk&) const override {}

  bool canBatch() const override { return true; }
  void forwardBatch(Batch& batch) const override { batch.alias(outputs[0], inputs[0]); }
};

/// The value of the first input; cotangents go to the second one.
class Through : public Operation {
 public:
  void forward(Frame& frame) const override { frame.alias(outputs[0], inputs[0]); }
  void linearize(Frame& frame) const override { frame.wanted[outputs[0]] = frame.wanted[inputs[1]]; }
  bool readsUnmade() const override { return true; }
  void backward(Walk& walk) const override { walk.give(inputs[1], walk.takeUnmade(outputs[0])); }

  bool canBatch() const override { return true; }
  void forwardBatch(Batch& batch) const override {
    batch.alias(outputs[0], inputs[0]);
    if (!batch.dry && batch.wants(inputs[1])) linearize(batch.frame);
  }
};

/// What goes back is max(cotangent, 0), label by label.
class Rectify : public Operation {
 public:
  void forward(Frame& frame) const override { frame.alias(outputs[0], inputs[0]); }
  void linearize(Frame& frame) const override { frame.wanted[outputs[0]] = frame.wanted[inputs[0]]; }
  bool isLinear() const override { return false; }

  void backward(Walk& walk) const override {
    Cotangent g = walk.take(outputs[0]);
    if (!g || !walk.wants(inputs[0])) return;
    const BlockPtr to = Walk::owns(g) ? g.block : walk.allocate(g.rows->count);
    if (!walk.dry) {
      walk.frame.pool.each(g.rows->count, rowGrain, [&](int64_t begin, int64_t end) {
        for (int p = 0; p < walk.planes(); p++) {
          const float* from = g.block->data() + p * walk.step(g.block);
          float* plane = to->data() + p * walk.step(to);
          for (int64_t i = begin * planeLanes; i < end * planeLanes; i++) plane[i] = from[i] < 0 ? 0.0f : from[i];  // NaN stays
        }
      });
    }
    g.block.reset();
    walk.give(inputs[0], {g.rows, to});
  }

  bool canBatch() const override { return true; }
  void forwardBatch(Batch& batch) const override {
    batch.alias(outputs[0], inputs[0]);
    if (!batch.dry && batch.wants(inputs[0])) linearize(batch.frame);
  }
};

template <class Steer>
std::unique_ptr<Operation> make(Maker& maker, size_t inputs) {
  maker.expectCounts(inputs, inputs, 0, 0, 0);
  for (size_t i = 0; i < inputs; i++) {
    maker.expect(maker.inputSize(i) == maker.outputSize(), "inputs and output of one size");
    maker.keepConstant(i);
  }
  return std::make_unique<Steer>();
}

}  // namespace

std::unique_ptr<Operation> makeDetach(Maker& maker) { return make<Detach>(maker, 1); }
std::unique_ptr<Operation> makeThrough(Maker& maker) { return make<Through>(maker, 2); }
std::unique_ptr<Operation> makeRectify(Maker& maker) { return make<Rectify>(maker, 1); }

}  // namespace agon
