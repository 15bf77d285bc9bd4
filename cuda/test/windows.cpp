// Windows whose planes overlap, tie, or leave elements out, and instructions of windows that contradict themselves.
#include <agon/cuda-session.h>

#include "cuda-check.h"

using agon::Kind;

namespace {

using Tables = std::vector<std::vector<int32_t>>;

agon::Program windowsOf(Kind kind, int64_t size, std::vector<int32_t> ints, std::vector<float> numbers, const Tables& tables) {
  Builder b(size);
  const int32_t doubled = b.unary(agon::Function::Neg, b.unary(agon::Function::Neg, 0));
  return b.finish(b.add(kind, {doubled}, int64_t{ints[0]} * ints[2], ints, std::move(numbers), tables));
}

struct Shape {
  const char* name;
  int32_t planes, strideIn, strideOut;
  int64_t size;
  Tables tables;
};

const std::vector<Shape>& shapes() {
  static const std::vector<Shape> all{
      {"apart", 3, 8, 2, 24, {{0, 3, 5}, {0, 3, 7, 7, 1}}},
      {"one plane", 1, 4, 3, 24, {{0, 3, 5, 6}, {0, 13, 7, 23, 1, 13}}},
      {"overlapping planes", 4, 3, 2, 24, {{0, 4, 6}, {0, 14, 7, 3, 6, 3}}},
      {"planes of one place", 3, 0, 2, 24, {{0, 3, 5}, {0, 23, 7, 2, 7}}},
      {"a rest behind the planes", 2, 8, 2, 24, {{0, 3, 5}, {0, 3, 7, 7, 1}}},
      {"a source twice", 3, 8, 2, 24, {{0, 4, 6}, {2, 5, 2, 5, 0, 0}}},
  };
  return all;
}

/// Inputs of a few values, so that maxima tie.
std::vector<float> tied(int64_t count, Random& random) {
  std::vector<float> x(static_cast<size_t>(count));
  for (auto& value : x) value = static_cast<float>(random() % 3) - 1.0f;
  return x;
}

void testShapes(Random& random) {
  constexpr int64_t examples = 3;
  for (const Shape& shape : shapes()) {
    const auto run = [&](const std::string& name, Kind kind, int32_t flag, std::vector<float> numbers) {
      const auto program = windowsOf(kind, shape.size, {shape.planes, shape.strideIn, shape.strideOut, flag}, std::move(numbers), shape.tables);
      for (const bool ties : {false, true})
        compareWithCpu(program, ties ? tied(examples * shape.size, random) : normal(examples * shape.size, random), examples, name + ", " + shape.name, random);
    };
    run("weighted sum", Kind::Sum, 0, normal(shape.tables[1].size(), random));
    run("sum", Kind::Sum, 0, {});
    run("maximum", Kind::Max, 0, {});
    run("shared maximum", Kind::MaxShare, 0, {});
    run("shared minimum", Kind::MaxShare, 1, {});
    run("log-sum-exp", Kind::LogSumExp, 0, {3});
    run("log-mean-exp", Kind::LogSumExp, 1, {0.5f});
  }
  compareWithCpu(windowsOf(Kind::Sum, 8, {2, 4, 3}, {}, {{0, 2, 2, 3}, {0, 1, 3}}), normal(24, random), examples, "sum with an empty window", random);
}

/// A value that is concatenated twice gets both cotangents, and a constant beside it none.
void testConcat(Random& random) {
  Builder b(4);
  const int32_t x = b.unary(agon::Function::Tanh, 0), c = b.constant({5, 6});
  const auto program = b.finish(b.add(Kind::Concat, {x, c, x}, 10, {}, {}, {{9, 2, 1, 0}, {5, 3}, {4, 6, 7, 8}}));
  compareWithCpu(program, normal(12, random), 3, "a value concatenated twice", random);
}

void testRefused() {
  const auto refused = [&](const std::string& what, const agon::Program& program) {
    const auto cpu = check::codeOf([&] { agon::Session(program, agon::createPool(1)); });
    const auto gpu = check::codeOf([&] { agon::cuda::Session(program, 0); });
    check::that(cpu == "AGON_INTERNAL" && gpu == cpu, what + " is refused: " + cpu + ", " + gpu);
  };
  const Tables good{{0, 1, 3}, {0, 1, 2}};
  for (const auto& [kind, numbers] : {std::pair<Kind, std::vector<float>>{Kind::Sum, {}}, {Kind::Max, {}}, {Kind::MaxShare, {}}, {Kind::LogSumExp, {1}}}) {
    refused("a source behind the input", windowsOf(kind, 8, {2, 4, 2, 0}, numbers, {{0, 1, 3}, {0, 1, 4}}));
    refused("a negative source", windowsOf(kind, 8, {2, 4, 2, 0}, numbers, {{0, 1, 3}, {0, -1, 3}}));
    refused("a negative stride", windowsOf(kind, 8, {2, -1, 2, 0}, numbers, good));
    refused("offsets that descend", windowsOf(kind, 8, {1, 4, 3, 0}, numbers, {{0, 2, 1, 3}, {0, 1, 2}}));
    refused("planes behind the input", windowsOf(kind, 8, {3, 4, 2, 0}, numbers, good));
    if (kind != Kind::Sum) refused("an empty window", windowsOf(kind, 8, {2, 4, 2, 0}, numbers, {{0, 3, 3}, {0, 1, 2}}));
  }
  refused("too few weights", windowsOf(Kind::Sum, 8, {2, 4, 2}, {1, 2}, good));
  refused("a temperature of 0", windowsOf(Kind::LogSumExp, 8, {2, 4, 2, 0}, {0}, good));
  for (const Tables& tables : {Tables{{0, 1, 2, 2}}, {{0, 1, 2, 4}}, {{0, 1, 2}}}) {
    Builder b(4);
    refused("a table of a concat that misses", b.finish(b.add(Kind::Concat, {0}, 4, {}, {}, tables)));
  }
}

}  // namespace

void testWindowsAgainstCpu() {
  Random random(12);
  testShapes(random);
  testConcat(random);
  testRefused();
}
