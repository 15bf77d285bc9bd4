// Gather with indices that depend on the input: embedding tables. The derivative goes to the table only.
#include "../../../native/src/ops/lookup-position.h"

#include <algorithm>
#include <utility>

#include "../pull.h"

namespace agon::cuda {

namespace {

/// Which row of the table index j of example n stands for.
struct Positions {
  const int32_t* position;  // [count, examples]
  int64_t count;
  /// 1, or how many examples there are.
  int32_t examples;
  AGON_HD int64_t at(int64_t j, int32_t n) const { return position[examples == 1 ? j : j * examples + n]; }
};

/// Elements of the table, [outer, extent, inner], and of the output, [outer, count, inner].
struct Shape {
  int64_t outer, extent, inner;
  AGON_HD int64_t source(const Positions& of, int64_t e, int32_t n) const {
    const int64_t j = e / inner % of.count, o = e / inner / of.count;
    return (o * extent + of.at(j, n)) * inner + e % inner;
  }
};

struct LookupForward {
  View x;
  Positions positions;
  Shape shape;
  float* y;
  int32_t examples;
  AGON_HD void operator()(int64_t e, int32_t n) const { y[e * examples + n] = x.at(shape.source(positions, e, n), n); }
};

struct LookupWanted {
  const uint8_t* x;
  Positions positions;
  Shape shape;
  uint8_t* y;
  AGON_HD void operator()(int64_t e) const {
    y[e] = 0;
    for (int32_t n = 0; n < positions.examples; n++) y[e] |= x[shape.source(positions, e, n)];
  }
};

/// Row a of the table goes to the indices to[k], k in offsets[a] .. offsets[a+1]-1, of any example.
struct Readers {
  const int32_t *offsets, *to;
  Shape shape;
  int64_t count;
  /// A link is an index.
  template <class Use>
  AGON_HD void each(int64_t e, Use use) const {
    const int64_t a = e / shape.inner % shape.extent, o = e / shape.inner / shape.extent;
    for (int32_t k = offsets[a]; k < offsets[a + 1]; k++) use((o * count + to[k]) * shape.inner + e % shape.inner, static_cast<int64_t>(to[k]));
  }
};

/// 1 where the example's own index stands for that row.
struct IsReader {
  Positions positions;
  Shape shape;
  AGON_HD float operator()(int64_t link, int64_t, int64_t e, int32_t n) const {
    return positions.at(link, n) == e / shape.inner % shape.extent ? 1.0f : 0.0f;
  }
};

class Lookup : public Operation {
 public:
  Shape shape;

  void forward(Frame& frame) const override {
    local(frame).index = Ints(frame.device, positions(frame));
    const int32_t examples = frame.examplesOf(inputs);
    float* y = frame.write(outputs[0], examples);
    frame.device.eachRow(frame.size(outputs[0]), examples, LookupForward{frame.view(inputs[0]), read(frame), shape, y, examples});
  }

  /// index: the row of the table per index and example; then the offsets of the lists of those that read a row, [extent + 1], and the lists.
  void linearize(Frame& frame) const override {
    if (!frame.wanted[inputs[0]]) return;
    std::vector<int32_t> all = positions(frame);
    const int32_t examples = frame.view(inputs[1]).examples;
    std::vector<std::pair<int32_t, int32_t>> readers;
    for (size_t i = 0; i < all.size(); i++) readers.emplace_back(all[i], static_cast<int32_t>(i / examples));
    std::sort(readers.begin(), readers.end());
    readers.erase(std::unique(readers.begin(), readers.end()), readers.end());
    for (int64_t a = 0; a <= shape.extent; a++) {
      const auto at = std::lower_bound(readers.begin(), readers.end(), std::pair<int32_t, int32_t>(static_cast<int32_t>(a), 0));
      all.push_back(static_cast<int32_t>(at - readers.begin()));
    }
    for (const auto& reader : readers) all.push_back(reader.second);
    local(frame).index = Ints(frame.device, all);
    auto mask = frame.mask(outputs[0]);
    frame.device.each(frame.size(outputs[0]), LookupWanted{frame.wanted[inputs[0]]->data(), read(frame), shape, mask->data()});
    frame.wanted[outputs[0]] = std::move(mask);
  }

  void backward(Walk& walk) const override {
    const Positions of = read(walk.frame);
    const int32_t* offsets = of.position + of.count * of.examples;
    pull(walk, inputs[0], outputs[0], Readers{offsets, offsets + shape.extent + 1, shape, of.count}, IsReader{of, shape});
  }

 private:
  Positions read(const Frame& frame) const {
    return {frame.locals[index].index.data(), frame.size(inputs[1]), frame.view(inputs[1]).examples};
  }

  /// The row of the table per index and example, found where indices can be refused: on the host.
  std::vector<int32_t> positions(const Frame& frame) const {
    const View& of = frame.view(inputs[1]);
    const int64_t count = frame.size(inputs[1]);
    std::vector<float> indices(static_cast<size_t>(count * of.examples));
    if (!indices.empty()) frame.device.download(indices.data(), of.data, count * of.examples * 4);
    std::vector<int32_t> found(indices.size());
    for (int32_t n = 0; n < of.examples; n++)
      for (int64_t j = 0; j < count; j++) found[j * of.examples + n] = static_cast<int32_t>(lookupPosition(indices[j * of.examples + n], shape.extent));
    return found;
  }
};

}  // namespace

std::unique_ptr<Operation> makeLookup(const Making& making) {
  const Maker& maker = making.maker;
  maker.expectCounts(2, 2, 3, 0, 0);
  maker.keepConstant(0);
  maker.keepConstant(1);
  auto op = std::make_unique<Lookup>();
  const Shape shape{maker.positive(0), maker.positive(1), maker.positive(2)};
  maker.expect(shape.outer * shape.extent * shape.inner == maker.inputSize(0), "ints that multiply to the size of the table");
  maker.expect(shape.outer * maker.inputSize(1) * shape.inner == maker.outputSize(), "an output of outer * indices * inner");
  op->shape = shape;
  return op;
}

}  // namespace agon::cuda
