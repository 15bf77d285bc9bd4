#include <agon/functions.h>

#include <algorithm>
#include <numeric>

#include "check.h"

using agon::Function;
using agon::Kind;

namespace {

std::vector<int32_t> randomTable(size_t count, int32_t lowest, int32_t limit, Random& random) {
  std::uniform_int_distribution<int32_t> draw(lowest, limit - 1);
  std::vector<int32_t> table(count);
  for (auto& entry : table) entry = draw(random);
  return table;
}

/// Windows of 1 to 4 distinct sources each.
std::vector<std::vector<int32_t>> randomWindows(int count, int32_t limit, Random& random) {
  std::vector<std::vector<int32_t>> windows(count);
  for (auto& window : windows) {
    std::vector<int32_t> all(limit);
    std::iota(all.begin(), all.end(), 0);
    std::shuffle(all.begin(), all.end(), random);
    window.assign(all.begin(), all.begin() + 1 + static_cast<int>(random() % 4));
  }
  return windows;
}

void addMoves(std::vector<Case>& cases, Random& random) {
  Builder alias(24);
  cases.push_back({"alias", alias.finish(alias.add(Kind::Alias, {0}, 24))});
  Builder gather(24);
  cases.push_back({"gather", gather.finish(gather.add(Kind::Gather, {0}, 40, {}, {0.5f}, {randomTable(40, -1, 24, random)}))});
  Builder concat(24);
  std::vector<int32_t> places(48);
  std::iota(places.begin(), places.end(), 0);
  std::shuffle(places.begin(), places.end(), random);
  const int32_t doubled = concat.add(Kind::Unary, {0}, 24, {static_cast<int32_t>(Function::Tanh)});
  cases.push_back({"concat", concat.finish(concat.add(Kind::Concat, {0, doubled}, 48, {}, {},
                                                      {{places.begin(), places.begin() + 24}, {places.begin() + 24, places.end()}}))});
}

void addWindows(std::vector<Case>& cases, Random& random) {
  Builder sum(36);
  const auto windows = randomWindows(7, 12, random);
  size_t entries = 0;
  for (const auto& window : windows) entries += window.size();
  cases.push_back({"sum", sum.finish(sum.sumWindows(0, 3, 12, windows, normal(entries, random)))});
  Builder mean(36);
  cases.push_back({"sum, non-overlapping", mean.finish(mean.sumWindows(0, 3, 12, {{0, 1, 2}, {3, 4, 5}}, std::vector<float>(6, 1 / 3.0f)))});
  Builder max(72);
  cases.push_back({"max, overlapping", max.finish(max.maxPool(0, 2, 6, 3, 2))});
  Builder apart(72);
  cases.push_back({"max, apart", apart.finish(apart.maxPool(0, 2, 6, 2, 2))});
  for (int32_t minimum = 0; minimum < 2; minimum++) {
    // Of zeros, which are equal, none is wanted; of doubled elements, both.
    Builder ties(12);
    const int32_t rectified = ties.unary(Function::Relu, 0);
    std::vector<int32_t> twice(24);
    for (int e = 0; e < 24; e++) twice[e] = e / 12 * 6 + e % 6 + (e % 12 == 11 ? -1 : 0);
    const int32_t some = ties.add(Kind::MaxShare, {rectified}, 4, {2, 6, 2, minimum}, {}, {{0, 3, 6}, {0, 1, 2, 3, 4, 5}});
    const int32_t doubled = ties.add(Kind::Gather, {0}, 24, {}, {0.0f}, {twice});
    const int32_t both = ties.add(Kind::MaxShare, {doubled}, 4, {2, 12, 2, minimum}, {}, {{0, 6, 12}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}});
    const int32_t pair = ties.add(Kind::Concat, {some, both}, 8, {}, {}, {{0, 1, 2, 3}, {4, 5, 6, 7}});
    cases.push_back({minimum ? "minimum of equals" : "maximum of equals", ties.finish(pair)});
    Builder share(24);
    cases.push_back({minimum ? "minimum" : "maximum, shared",
                     share.finish(share.add(Kind::MaxShare, {0}, 4, {2, 12, 2, minimum}, {}, {{0, 5, 9}, {0, 3, 7, 8, 11, 1, 2, 3, 4}}))});
  }
  for (int32_t mean = 0; mean < 2; mean++) {
    Builder soft(36);
    cases.push_back({mean ? "log-mean-exp" : "log-sum-exp",
                     soft.finish(soft.add(Kind::LogSumExp, {0}, 6, {3, 12, 2, mean}, {2.5f}, {{0, 5, 9}, {0, 3, 7, 8, 11, 1, 2, 3, 4}}))});
  }
}

void addConvolutions(std::vector<Case>& cases, Random& random) {
  struct Shape {
    int in, side, out, kernel, stride, pad, groups;
  };
  for (const Shape s : {Shape{3, 6, 5, 3, 1, 1, 1}, {4, 7, 6, 3, 2, 0, 2}, {6, 5, 6, 3, 1, 1, 6}, {2, 6, 3, 1, 1, 0, 1}, {2, 5, 36, 3, 2, 1, 2}}) {
    Builder b(s.in * s.side * s.side);
    const std::string name = "conv " + std::to_string(s.in) + "->" + std::to_string(s.out) + " groups " + std::to_string(s.groups);
    cases.push_back({name, b.finish(b.conv(0, s.in, s.side, s.out, s.kernel, s.stride, s.pad, s.groups, random))});
  }
  Builder spread(2);
  const int32_t w = spread.constant(normal(2, random));
  std::vector<int32_t> offsets(101);
  std::iota(offsets.begin(), offsets.end(), 0);
  const std::vector<int32_t> zeros(100, 0);
  cases.push_back({"conv whose outputs all read one position", spread.finish(spread.add(Kind::Conv, {0, w}, 200, {2, 2, 2, 1, 100, 1}, {}, {offsets, zeros, zeros}))});
  // Three readers of one value: what the first reaches is a part of what the second does, and neither reaches all that the third does, or the other way round.
  for (const bool isBackwards : {false, true}) {
    Builder readers(3 * 49);
    const int32_t x = readers.unary(Function::Tanh, 0);
    std::vector<int32_t> all = {readers.conv(x, 3, 7, 17, 1, 4, 0, 1, random), readers.conv(x, 3, 7, 5, 2, 5, 0, 1, random), readers.conv(x, 3, 7, 4, 2, 3, 1, 1, random)};
    if (isBackwards) std::reverse(all.begin(), all.end());
    std::vector<std::vector<int32_t>> places;
    int32_t size = 0;
    for (const int32_t y : all) {
      places.emplace_back(readers.size(y));
      std::iota(places.back().begin(), places.back().end(), size);
      size += static_cast<int32_t>(places.back().size());
    }
    const int32_t joined = readers.add(Kind::Concat, all, size, {}, {}, places);
    cases.push_back({isBackwards ? "readers of some positions each, backwards" : "readers of some positions each", readers.finish(joined)});
  }
  for (const int groups : {1, 2}) {
    Builder b(4 * 9);
    cases.push_back({"transposed conv, groups " + std::to_string(groups), b.finish(b.convTranspose(0, 4, 3, 6, 3, 2, groups, random))});
  }
}

/// Lines, terms and outputs enough for bricks: for the lines of a, whose other factor is constant, and for those of b, whose other factor is not.
void addBrickMatMuls(std::vector<Case>& cases, const std::string& name, int32_t flags, Random& random) {
  Builder dense(2 * 9 * 18);
  const int32_t w = dense.constant(normal(18 * 35, random));
  cases.push_back({name + ", bricks", dense.finish(dense.add(Kind::MatMul, {0, w}, 2 * 9 * 35, {2, 9, 18, 35, flags & 1, flags >> 1}, {0.5f, 0}, {{0, 1}, {0, 0}}))});
  Builder both(33 * 17 + 17 * 9);
  std::vector<int32_t> front(33 * 17), back(17 * 9);
  std::iota(front.begin(), front.end(), 0);
  std::iota(back.begin(), back.end(), 33 * 17);
  const int32_t a = both.add(Kind::Gather, {0}, 33 * 17, {}, {}, {front}), b = both.add(Kind::Gather, {0}, 17 * 9, {}, {}, {back});
  cases.push_back({name + ", bricks of both sides", both.finish(both.add(Kind::MatMul, {a, b}, 33 * 9, {1, 33, 17, 9, flags & 1, flags >> 1}, {1, 0}, {{0}, {0}}))});
}

void addMatMuls(std::vector<Case>& cases, Random& random) {
  for (int32_t flags = 0; flags < 4; flags++) {
    const std::string name = std::string("matmul") + (flags & 1 ? " transA" : "") + (flags & 2 ? " transB" : "");
    Builder dense(2 * 3 * 5);
    const int32_t w = dense.constant(normal(5 * 7, random)), c = dense.constant(normal(7, random));
    std::vector<int32_t> map(2 * 3 * 7);
    for (size_t e = 0; e < map.size(); e++) map[e] = static_cast<int32_t>(e % 7);
    cases.push_back({name, dense.finish(dense.add(Kind::MatMul, {0, w, c}, 42, {2, 3, 5, 7, flags & 1, flags >> 1}, {0.5f, 2}, {{0, 1}, {0, 0}, map}))});
    Builder line(5);
    const int32_t v = line.constant(normal(5 * 7, random)), shift = line.constant(normal(7, random));
    const std::vector<int32_t> backwards = {6, 5, 4, 3, 2, 1, 0};
    cases.push_back({name + " of a line", line.finish(line.add(Kind::MatMul, {0, v, shift}, 7, {1, 1, 5, 7, flags & 1, flags >> 1}, {0.5f, 2}, {{0}, {0}, backwards}))});
    Builder both(2 * 3 * 5 + 5 * 4);
    std::vector<int32_t> front(30), back(20);
    std::iota(front.begin(), front.end(), 0);
    std::iota(back.begin(), back.end(), 30);
    const int32_t a = both.add(Kind::Gather, {0}, 30, {}, {}, {front}), b = both.add(Kind::Gather, {0}, 20, {}, {}, {back});
    cases.push_back({name + ", both sides", both.finish(both.add(Kind::MatMul, {a, b}, 24, {2, 3, 5, 4, flags & 1, flags >> 1}, {1, 0}, {{1, 0}, {0, 0}}))});
    addBrickMatMuls(cases, name, flags, random);
  }
}

void addElementwise(std::vector<Case>& cases, Random& random) {
  for (int32_t f = 0; f < agon::functionCount; f++) {
    const bool binary = f >= agon::unaryFunctionCount;
    const std::string name = agon::functionNames[f];
    const bool positive = name == "Log" || name == "Sqrt" || name == "Pow" || name == "Reciprocal" || name == "Div";
    Builder b(24);
    std::vector<float> numbers{0.3f, 1.2f, 2.5f};
    if (!binary) {
      cases.push_back({name, b.finish(b.add(Kind::Unary, {0}, 24, {f}, numbers)), 2, positive ? 3.0f : 0.0f});
      continue;
    }
    const auto map = randomTable(24, 0, 24, random);
    cases.push_back({name + ", broadcast", b.finish(b.add(Kind::Binary, {0, 0}, 24, {f}, {}, {{}, map})), 2, positive ? 3.0f : 0.0f});
    Builder c(24);
    const int32_t k = c.constant(normal(6, random));
    cases.push_back({name + ", constant", c.finish(c.add(Kind::Binary, {0, k}, 24, {f}, {}, {{}, randomTable(24, 0, 6, random)})), 2, 3});
  }
  Builder s(24);
  std::vector<float> condition(24);
  for (auto& c : condition) c = static_cast<float>(random() % 2);
  const int32_t c = s.constant(condition), other = s.add(Kind::Unary, {0}, 24, {static_cast<int32_t>(Function::Sin)});
  cases.push_back({"select", s.finish(s.add(Kind::Select, {c, 0, other}, 24, {}, {}, {{}, {}, randomTable(24, 0, 24, random)}))});
}

void addNormalisations(std::vector<Case>& cases, Random& random) {
  Builder affine(24);
  const int32_t scale = affine.constant(normal(4, random)), shift = affine.constant(normal(4, random));
  cases.push_back({"affine", affine.finish(affine.add(Kind::Affine, {0, scale, shift}, 24, {}, {}, {randomTable(24, 0, 4, random)}))});
  Builder norm(24);
  const int32_t by = norm.constant(normal(6, random)), to = norm.constant(normal(6, random));
  cases.push_back({"normalize", norm.finish(norm.add(Kind::Normalize, {0, by, to}, 24, {4, 6}, {1e-3f}, {randomTable(24, 0, 6, random)}))});
  Builder plain(24);
  cases.push_back({"normalize, plain", plain.finish(plain.add(Kind::Normalize, {0}, 24, {3, 8}, {1e-3f}))});
  for (const int32_t size : {3, 4}) {
    Builder lrn(24);
    cases.push_back({"lrn " + std::to_string(size), lrn.finish(lrn.add(Kind::Lrn, {0}, 24, {6, 4, size}, {0.5f, 0.75f, 1}))});
  }
  for (const Kind kind : {Kind::Softmax, Kind::LogSoftmax}) {
    Builder soft(24);
    cases.push_back({kind == Kind::Softmax ? "softmax" : "log-softmax", soft.finish(soft.add(kind, {0}, 24, {2, 4, 3}))});
  }
  Builder lookup(24);
  const int32_t indices = lookup.constant({0, 2, -1, 2});
  cases.push_back({"lookup", lookup.finish(lookup.add(Kind::Lookup, {0, indices}, 32, {2, 3, 4}))});
}

}  // namespace

std::vector<Case> kindCases(Random& random) {
  std::vector<Case> cases;
  addMoves(cases, random);
  addWindows(cases, random);
  addConvolutions(cases, random);
  addMatMuls(cases, random);
  addElementwise(cases, random);
  addNormalisations(cases, random);
  return cases;
}
