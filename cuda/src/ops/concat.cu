// Values side by side.
#include "../pull.h"

namespace agon::cuda {

namespace {

struct ConcatForward {
  View x;
  const int32_t* place;
  float* y;
  int32_t examples;
  AGON_HD void operator()(int64_t e, int32_t n) const { y[int64_t{place[e]} * examples + n] = x.at(e, n); }
};

struct ConcatWanted {
  const int32_t* place;
  const uint8_t* x;
  uint8_t* y;
  AGON_HD void operator()(int64_t e) const { y[place[e]] = x[e]; }
};

class Concat : public Operation {
 public:
  /// Per input: the place of each of its elements in the output.
  std::vector<Ints> places;

  void forward(Frame& frame) const override {
    const int32_t examples = frame.examplesOf(inputs);
    float* y = frame.write(outputs[0], examples);
    for (size_t j = 0; j < places.size(); j++)
      frame.device.eachRow(places[j].size(), examples, ConcatForward{frame.view(inputs[j]), places[j].data(), y, examples});
  }

  void linearize(Frame& frame) const override {
    auto mask = frame.mask(outputs[0]);
    frame.device.zero(mask->data(), mask->bytes());
    for (size_t j = 0; j < places.size(); j++)
      if (frame.wanted[inputs[j]])
        frame.device.each(places[j].size(), ConcatWanted{places[j].data(), frame.wanted[inputs[j]]->data(), mask->data()});
    frame.wanted[outputs[0]] = std::move(mask);
  }

  void backward(Walk& walk) const override {
    for (size_t j = 0; j < places.size(); j++) pull(walk, inputs[j], outputs[0], Links{nullptr, places[j].data()}, Ones{});
  }
};

}  // namespace

std::unique_ptr<Operation> makeConcat(const Making& making) {
  const Maker& maker = making.maker;
  const size_t count = maker.instruction().inputs.size();
  maker.expectCounts(1, count, 0, 0, count);
  auto op = std::make_unique<Concat>();
  std::vector<uint8_t> hit(maker.outputSize(), 0);
  int64_t total = 0;
  for (size_t j = 0; j < count; j++) {
    maker.expect(maker.has(j), "all inputs");
    maker.keepConstant(j);
    const auto places = maker.table(j, maker.inputSize(j), 0, maker.outputSize());
    for (const int32_t place : places) {
      maker.expect(!hit[place], "tables that hit every element once");
      hit[place] = 1;
      total++;
    }
    op->places.emplace_back(making.device, places);
  }
  maker.expect(total == maker.outputSize(), "tables that hit every element");
  return op;
}

}  // namespace agon::cuda
