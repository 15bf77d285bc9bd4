#include <algorithm>

#include "../batch/batch.h"
#include "../walk.h"
#include "grain.h"

namespace agon {

namespace {

class Concat : public Operation {
 public:
  /// Per input: the place of each of its elements in the output.
  std::vector<std::vector<int32_t>> places;

  void forward(Frame& frame) const override {
    float* y = frame.write(outputs[0]);
    for (size_t j = 0; j < places.size(); j++) {
      const float* x = frame.data[inputs[j]];
      frame.pool.each(static_cast<int64_t>(places[j].size()), grain, [&, x](int64_t begin, int64_t end) {
        for (int64_t e = begin; e < end; e++) y[places[j][e]] = x[e];
      });
    }
  }

  void linearize(Frame& frame) const override {
    Mask y(frame.size(outputs[0]), 0);
    for (size_t j = 0; j < places.size(); j++) {
      if (!frame.wanted[inputs[j]]) continue;
      frame.pool.each(static_cast<int64_t>(places[j].size()), grain, [&, x = frame.wanted[inputs[j]]->data(), to = y.data()](int64_t begin, int64_t end) {
        for (int64_t e = begin; e < end; e++) to[places[j][e]] = x[e];
      });
    }
    frame.want(outputs[0], std::move(y));
  }

  void backward(Walk& walk) const override {
    Cotangent g = walk.take(outputs[0]);
    for (size_t j = 0; j < places.size(); j++) {
      const bool last = j + 1 == places.size();
      Links links;
      links.place = places[j].data();
      walk.pull(j, inputs[j], last ? std::move(g) : g, links);
    }
  }

  bool canBatch() const override { return true; }

  void forwardBatch(Batch& batch) const override {
    std::vector<const float*> from;
    bool wants = false;
    for (const int32_t x : inputs) {
      from.push_back(batch.rows(x));
      wants = wants || batch.wants(x);
    }
    float* y = batch.write(outputs[0]);
    if (batch.dry) return;
    if (wants) linearize(batch.frame);
    for (size_t j = 0; j < places.size(); j++) {
      eachElement(batch, static_cast<int64_t>(places[j].size()), [&](int64_t begin, int64_t end) {
        for (int64_t e = begin; e < end; e++)
          std::copy(from[j] + e * batchLanes, from[j] + (e + 1) * batchLanes, y + int64_t{places[j][e]} * batchLanes);
      });
    }
  }
};

}  // namespace

std::unique_ptr<Operation> makeConcat(Maker& maker) {
  const size_t count = maker.instruction().inputs.size();
  maker.expectCounts(1, count, 0, 0, count);
  auto op = std::make_unique<Concat>();
  std::vector<uint8_t> hit(maker.outputSize(), 0);
  int64_t total = 0;
  for (size_t j = 0; j < count; j++) {
    maker.expect(maker.has(j), "all inputs");
    maker.keepConstant(j);
    op->places.push_back(maker.table(j, maker.inputSize(j), 0, maker.outputSize()));
    for (const int32_t place : op->places.back()) {
      maker.expect(!hit[place], "tables that hit every element once");
      hit[place] = 1;
      total++;
    }
  }
  maker.expect(total == maker.outputSize(), "tables that hit every element");
  return op;
}

}  // namespace agon
