// Rows that go elsewhere: Gather and Concat.
#include <algorithm>

#include "step.h"

namespace agon {

namespace {

inline void addRow(float* to, const float* from) {
  for (int l = 0; l < learnLanes; l++) to[l] += from[l];
}

class Gather : public LearnStep {
 public:
  std::vector<int32_t> source;
  float pad;

  void forward(Learning& of) override {
    eachGroup(of, [&](int64_t g) {
      const float* x = of.rows(inputs[0]) + g * of.groupSize(inputs[0]);
      float* y = of.write(output) + g * of.groupSize(output);
      for (size_t e = 0; e < source.size(); e++, y += learnLanes) {
        if (source[e] < 0) std::fill(y, y + learnLanes, pad);
        else std::copy_n(x + int64_t{source[e]} * learnLanes, learnLanes, y);
      }
    });
  }

  void backward(Learning& of) override {
    eachGroup(of, [&](int64_t g) {
      float* dx = of.cotangent(inputs[0]) + g * of.groupSize(inputs[0]);
      const float* dy = of.cotangent(output) + g * of.groupSize(output);
      if (!adds[0]) std::fill(dx, dx + of.groupSize(inputs[0]), 0.0f);
      for (size_t e = 0; e < source.size(); e++)
        if (source[e] >= 0) addRow(dx + int64_t{source[e]} * learnLanes, dy + static_cast<int64_t>(e) * learnLanes);
    });
  }

 private:
  template <class Visit>
  void eachGroup(Learning& of, Visit visit) const {
    of.pool.each(of.groups, 1, [&](int64_t begin, int64_t end) {
      for (int64_t g = begin; g < end; g++) visit(g);
    });
  }
};

class Concat : public LearnStep {
 public:
  std::vector<std::vector<int32_t>> places;

  void forward(Learning& of) override {
    eachRow(of, [&](size_t j, int64_t g, int64_t e) {
      const bool isConstant = of.isConstant[of.place[inputs[j]]];
      const float* x = of.rows(inputs[j]) + (isConstant ? e : (g * of.sizes[inputs[j]] + e) * learnLanes);
      float* y = of.write(output) + g * of.groupSize(output) + int64_t{places[j][e]} * learnLanes;
      if (isConstant) std::fill(y, y + learnLanes, *x);
      else std::copy_n(x, learnLanes, y);
    });
  }

  void backward(Learning& of) override {
    eachRow(of, [&](size_t j, int64_t g, int64_t e) {
      if (!gives[j]) return;
      const float* dy = of.cotangent(output) + g * of.groupSize(output) + int64_t{places[j][e]} * learnLanes;
      float* dx = of.cotangent(inputs[j]) + (g * of.sizes[inputs[j]] + e) * learnLanes;
      if (adds[j]) addRow(dx, dy);
      else std::copy_n(dy, learnLanes, dx);
    });
  }

 private:
  template <class Visit>
  void eachRow(Learning& of, Visit visit) const {
    for (size_t j = 0; j < inputs.size(); j++) {
      const int64_t size = of.sizes[inputs[j]];
      of.pool.each(of.groups * size, 1 << 12, [&](int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; i++) visit(j, i / size, i % size);
      });
    }
  }
};

}  // namespace

std::unique_ptr<LearnStep> learnGather(Maker& maker) {
  maker.expectCounts(1, 1, 0, 1, 1);
  maker.expect(!maker.isConstant(0), "an input that is no constant");
  auto step = std::make_unique<Gather>();
  step->pad = maker.instruction().numbers[0];
  step->source = maker.table(0, maker.outputSize(), -1, maker.inputSize(0));
  return step;
}

std::unique_ptr<LearnStep> learnConcat(Maker& maker) {
  const size_t count = maker.instruction().inputs.size();
  maker.expectCounts(1, count, 0, 0, count);
  auto step = std::make_unique<Concat>();
  std::vector<uint8_t> hit(maker.outputSize());
  for (size_t j = 0; j < count; j++) {
    maker.expect(maker.has(j), "every input");
    step->places.push_back(maker.table(j, maker.inputSize(j), 0, maker.outputSize()));
    for (const int32_t at : step->places.back()) hit[at]++;
  }
  maker.expect(std::all_of(hit.begin(), hit.end(), [](uint8_t times) { return times == 1; }), "tables that hit every element once");
  return step;
}

}  // namespace agon
