// y = condition ? a : b. The condition has no derivative.
#include "sides.h"

namespace agon::cuda {

namespace {

struct SelectForward {
  View c, a, b;
  Source sourceC, sourceA, sourceB;
  float* y;
  int32_t examples;
  AGON_HD void operator()(int64_t e, int32_t n) const {
    y[e * examples + n] = c.at(sourceC(e), n) != 0 ? a.at(sourceA(e), n) : b.at(sourceB(e), n);
  }
};

struct SelectTaken {
  View c;
  Source sourceC, source;
  bool isA;
  const uint8_t* wanted;  // of the side
  float* taken;
  int32_t examples;
  AGON_HD void operator()(int64_t e, int32_t n) const {
    taken[e * examples + n] = (c.at(sourceC(e), n) != 0) == isA && wanted[source(e)] ? 1.0f : 0.0f;
  }
};

class Select : public Operation {
 public:
  Side sides[3];  // condition, a, b

  void forward(Frame& frame) const override {
    const int32_t examples = frame.examplesOf(inputs);
    float* y = frame.write(outputs[0], examples);
    frame.device.eachRow(frame.size(outputs[0]), examples,
                         SelectForward{frame.view(inputs[0]), frame.view(inputs[1]), frame.view(inputs[2]), sides[0].source(), sides[1].source(),
                                       sides[2].source(), y, examples});
  }

  /// a, b: 1 where that side is taken and wanted, per element of the output and example.
  void linearize(Frame& frame) const override {
    if (!frame.wanted[inputs[1]] && !frame.wanted[inputs[2]]) return;
    wantReached(frame, outputs[0], reach(frame, 1, local(frame).a), reach(frame, 2, local(frame).b));
  }

  void backward(Walk& walk) const override {
    const Local& l = walk.frame.locals[index];
    pull(walk, inputs[1], outputs[0], sides[1].table.links(), PerOutput{l.a.data(), walk.frame.examples});
    pull(walk, inputs[2], outputs[0], sides[2].table.links(), PerOutput{l.b.data(), walk.frame.examples});
  }

 private:
  Reach reach(Frame& frame, int which, Floats& taken) const {
    if (!frame.wanted[inputs[which]]) return {};
    const uint8_t* wanted = frame.wanted[inputs[which]]->data();
    const int64_t size = frame.size(outputs[0]);
    if (!taken) taken = Floats(frame.device, size * frame.examples);
    frame.device.eachRow(size, frame.examples,
                         SelectTaken{frame.view(inputs[0]), sides[0].source(), sides[which].source(), which == 1, wanted, taken.data(), frame.examples});
    return {wanted, sides[which].source(), taken.data()};
  }
};

}  // namespace

std::unique_ptr<Operation> makeSelect(const Making& making) {
  making.maker.expectCounts(3, 3, 0, 0, 0);
  auto op = std::make_unique<Select>();
  for (size_t i = 0; i < 3; i++) op->sides[i] = readSide(making, i);
  return op;
}

}  // namespace agon::cuda
