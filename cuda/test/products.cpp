// Convolutions and matrix products, their lists and tiles: shapes of all kinds between masks, against the core for CPUs; chunks; precisions.
#include <agon/cuda-session.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "cuda-check.h"

namespace {

using agon::Function;
using agon::Kind;
using agon::Precision;

/// A picture, of any extents, and how a convolution goes over it.
struct Shape {
  int in, out, groups, high, wide, kernel, stride, dilation, pad;
  std::string name() const {
    return "conv " + std::to_string(in) + "->" + std::to_string(out) + " groups " + std::to_string(groups) + " on " + std::to_string(high) + "x" +
           std::to_string(wide) + " kernel " + std::to_string(kernel) + " stride " + std::to_string(stride) + " dilation " + std::to_string(dilation);
  }
};

int extentOf(const Shape& s, int extent) { return (extent + 2 * s.pad - s.dilation * (s.kernel - 1) - 1) / s.stride + 1; }

int32_t addConv(Builder& b, int32_t x, const Shape& s, Random& random) {
  std::vector<int32_t> offsets{0}, tap, position;
  for (int y = 0; y < extentOf(s, s.high); y++)
    for (int z = 0; z < extentOf(s, s.wide); z++) {
      for (int t = 0; t < s.kernel * s.kernel; t++) {
        const int sy = y * s.stride - s.pad + t / s.kernel * s.dilation, sz = z * s.stride - s.pad + t % s.kernel * s.dilation;
        if (sy < 0 || sy >= s.high || sz < 0 || sz >= s.wide) continue;
        tap.push_back(t);
        position.push_back(sy * s.wide + sz);
      }
      offsets.push_back(static_cast<int32_t>(tap.size()));
    }
  const int32_t positions = static_cast<int32_t>(offsets.size()) - 1;
  auto weights = normal(static_cast<size_t>(s.out) * s.in / s.groups * s.kernel * s.kernel, random);
  for (auto& w : weights) w *= 1.4f / static_cast<float>(s.kernel) / std::sqrt(static_cast<float>(s.in / s.groups));
  const int32_t w = b.constant(weights), bias = b.constant(normal(s.out, random));
  return b.add(Kind::Conv, {x, w, bias}, s.out * positions, {s.groups, s.in, s.out, s.high * s.wide, positions, s.kernel * s.kernel}, {},
               {offsets, tap, position});
}

/// The convolution between two masks.
agon::Program between(const Shape& s, Random& random) {
  Builder b(s.in * s.high * s.wide);
  return b.finish(b.unary(Function::Relu, addConv(b, b.unary(Function::Relu, 0), s, random)));
}

/// Rows of `width` through a matrix each side, scores of all pairs, and values mixed by them: products of two activations in every way of reading them.
agon::Program attention(int tokens, int width, bool turned, Random& random) {
  Builder b(tokens * width);
  const auto dense = [&](int32_t x, int to, int transB) {
    const int32_t w = b.constant(normal(static_cast<size_t>(width) * to, random)), c = b.constant(normal(to, random));
    std::vector<int32_t> map(static_cast<size_t>(tokens) * to);
    for (size_t e = 0; e < map.size(); e++) map[e] = static_cast<int32_t>(e) % to;
    return b.add(Kind::MatMul, {x, w, c}, tokens * to, {1, tokens, width, to, 0, transB}, {0.3f, 0.2f}, {{0}, {0}, map});
  };
  const int32_t x = b.unary(Function::Relu, 0), q = dense(x, width, 0), k = b.unary(Function::Relu, dense(x, width, 1)), v = dense(x, width, 0);
  const int32_t scores = b.add(Kind::MatMul, {q, k}, tokens * tokens, {1, tokens, width, tokens, 0, 1}, {0.2f, 0}, {{0}, {0}});
  const int32_t weights = b.unary(Function::Relu, scores);
  const std::vector<int32_t> ints = {1, tokens, tokens, width, turned, 0};
  return b.finish(dense(b.add(Kind::MatMul, {weights, v}, tokens * width, ints, {1, 0}, {{0}, {0}}), 5, 0));
}

template <class Session>
std::vector<float> vjp(const Session& session, const std::vector<float>& x, int64_t examples, const float* cotangents, int64_t count, Precision precision) {
  std::vector<float> g(static_cast<size_t>(count * examples * session.sizeOf(0)));
  agon::Seeds seeds;
  seeds.count = count;
  seeds.dense = cotangents;
  agon::Control control;
  control.precision = precision;
  session.vjp(x.data(), examples, seeds, 0, g.data(), control);
  return g;
}

/// Largest difference over the largest number that was expected.
double apart(const std::vector<float>& found, const std::vector<float>& expected) {
  double scale = 1e-30, worst = 0;
  for (size_t i = 0; i < expected.size(); i++) {
    scale = std::max(scale, std::fabs(static_cast<double>(expected[i])));
    const double by = std::fabs(static_cast<double>(found[i]) - expected[i]);
    worst = by <= worst ? worst : by;  // NaN is worst
  }
  return worst / scale;
}

bool sameBits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

/// Some rows are those of nobody.
std::vector<float> cotangentsOf(int64_t count, int64_t size, Random& random) {
  auto cotangents = normal(static_cast<size_t>(count * size), random);
  for (size_t i = 0; i < cotangents.size(); i++)
    if (i % static_cast<size_t>(size) % 7 == 3) cotangents[i] = 0;
  return cotangents;
}

void testProduct(const std::string& name, const agon::Program& program, int64_t lanes, Random& random, const std::shared_ptr<agon::Pool>& pool) {
  const agon::Session cpu(program, pool);
  const agon::cuda::Session gpu(program, 0);
  const int64_t size = cpu.sizeOf(program.output), sizeIn = cpu.sizeOf(0);
  const auto x = normal(static_cast<size_t>(2 * sizeIn), random);
  const auto few = cotangentsOf(3 * 2, size, random);
  double by = apart(vjp(gpu, x, 2, few.data(), 3, Precision::Fp32), vjp(cpu, x, 2, few.data(), 3, Precision::Fp32));
  check::that(by < 1e-5, name + ", two examples: off by " + std::to_string(by));
  const auto many = cotangentsOf(lanes, size, random);
  const auto all = vjp(gpu, x, 1, many.data(), lanes, Precision::Fp32);
  by = apart(all, vjp(cpu, x, 1, many.data(), lanes, Precision::Fp32));
  check::that(by < 1e-5, name + ": off by " + std::to_string(by));
  check::that(std::any_of(all.begin(), all.end(), [](float g) { return g != 0; }), name + ": gradients that are not 0");
  for (const Precision precision : {Precision::Fp32, Precision::Bf16, Precision::Tf32}) {
    const auto together = precision == Precision::Fp32 ? all : vjp(gpu, x, 1, many.data(), lanes, precision);
    auto parts = vjp(gpu, x, 1, many.data(), 1, precision);
    const auto rest = vjp(gpu, x, 1, many.data() + size, lanes - 1, precision);
    parts.insert(parts.end(), rest.begin(), rest.end());
    check::that(sameBits(together, parts), name + ": not the same bits in chunks, precision " + std::to_string(static_cast<int>(precision)));
    if (precision == Precision::Fp32) continue;
    by = apart(together, precision == Precision::Bf16 ? vjp(cpu, x, 1, many.data(), lanes, precision) : all);
    check::that(by < (precision == Precision::Bf16 ? 1e-2 : 4e-3), name + ", rounded: off by " + std::to_string(by));
    check::that(!sameBits(together, all), name + ": rounds in precision " + std::to_string(static_cast<int>(precision)));
  }
}

}  // namespace

void testProductsAgainstCpu() {
  Random random(11);
  const auto pool = agon::createPool(2);
  const Shape shapes[] = {
      {3, 8, 1, 9, 11, 7, 2, 1, 3},    // a stem
      {1, 5, 1, 8, 37, 3, 1, 1, 1},    // one channel, rows longer than a cluster
      {8, 12, 4, 6, 5, 3, 1, 1, 1},    // groups of few
      {6, 6, 6, 7, 6, 3, 2, 1, 1},     // every channel by itself
      {4, 8, 4, 5, 5, 3, 1, 1, 1},     // and two outputs each
      {20, 24, 1, 5, 6, 3, 1, 2, 2},   // dilated
      {40, 20, 2, 5, 4, 3, 2, 1, 0},   // positions that nothing reads
      {36, 130, 1, 3, 4, 1, 1, 1, 0},  // pointwise
      {3, 7, 1, 4, 3, 1, 1, 1, 0},     // and of few channels, which share nothing
      {100, 40, 1, 3, 3, 3, 1, 1, 1},  // a tile of 64 rows
      {270, 30, 1, 2, 3, 1, 1, 1, 0},  // and of 128
      {2, 3, 1, 9, 9, 9, 1, 1, 4},     // more terms than are counted together
  };
  for (const Shape& shape : shapes) testProduct(shape.name(), between(shape, random), shape.in == 20 ? 130 : 9, random, pool);
  for (const bool turned : {false, true}) testProduct(turned ? "attention, turned" : "attention", attention(7, 12, turned, random), 70, random, pool);
}
