// Layers whose weights are more than a cache holds, so that they are cut: against sums in float64, and the same bits however they are run.
#include <agon/functions.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <numeric>

#include "check.h"

namespace {

constexpr int cutLabels = 20;

/// One product of a linear map: output element `to` takes input element `from` times `weight`.
using UseLink = std::function<void(int64_t to, int64_t from, float weight)>;

/// Calls use() for every product of the instruction. Convolutions have one group, matrix products one matrix.
void eachLink(const agon::Program& program, const agon::Instruction& it, const UseLink& use) {
  const auto& w = program.values[it.inputs[1]].constant;
  if (it.kind == agon::Kind::MatMul) {
    const int64_t m = it.ints[1], k = it.ints[2], n = it.ints[3];
    for (int64_t i = 0; i < m; i++)
      for (int64_t j = 0; j < n; j++)
        for (int64_t c = 0; c < k; c++) use(i * n + j, i * k + c, w[it.ints[5] ? j * k + c : c * n + j]);
    return;
  }
  const bool isTransposed = it.kind == agon::Kind::ConvTranspose;
  const int64_t in = it.ints[1], out = it.ints[2], positionsIn = it.ints[3], positionsOut = it.ints[4], taps = it.ints[5];
  const auto &offsets = it.tables[0], &tap = it.tables[1], &position = it.tables[2];
  for (int64_t near = 0; near + 1 < static_cast<int64_t>(offsets.size()); near++)
    for (int32_t e = offsets[near]; e < offsets[near + 1]; e++)
      for (int64_t ci = 0; ci < in; ci++)
        for (int64_t co = 0; co < out; co++) {
          const int64_t p = isTransposed ? near : position[e], o = isTransposed ? position[e] : near;
          use(co * positionsOut + o, ci * positionsIn + p, isTransposed ? w[(ci * out + co) * taps + tap[e]] : w[(co * in + ci) * taps + tap[e]]);
        }
}

/// Gradients of all labels with respect to the input of relu -> the instruction -> relu -> a dense layer.
std::vector<double> gradientsOf(const agon::Program& program, const std::vector<float>& x) {
  const agon::Instruction &middle = program.instructions[1], &head = program.instructions[3];
  const int64_t between = program.values[middle.outputs[0]].size, size = static_cast<int64_t>(x.size());
  std::vector<double> y(between, 0.0);
  eachLink(program, middle, [&](int64_t to, int64_t from, float weight) { y[to] += std::max(0.0f, x[from]) * static_cast<double>(weight); });
  const auto& dense = program.values[head.inputs[1]].constant;
  std::vector<double> out(cutLabels * size, 0.0);
  eachLink(program, middle, [&](int64_t to, int64_t from, float weight) {
    if (y[to] <= 0 || x[from] <= 0) return;
    for (int64_t l = 0; l < cutLabels; l++) out[l * size + from] += static_cast<double>(weight) * dense[l * between + to];
  });
  return out;
}

std::vector<float> run(const agon::Session& session, const std::vector<float>& x, int64_t examples, agon::Choice batch, int labels = cutLabels) {
  std::vector<int32_t> wanted(labels * examples);
  for (size_t i = 0; i < wanted.size(); i++) wanted[i] = static_cast<int32_t>(i % labels);
  agon::Seeds seeds;
  seeds.count = labels;
  seeds.labels = wanted.data();
  std::vector<float> out(wanted.size() * session.sizeOf(0));
  agon::Control control;
  control.memory = 1 << 28;
  control.batch = batch;
  session.vjp(x.data(), examples, seeds, 0, out.data(), control);
  return out;
}

/// build(builder, x) adds one linear layer.
void testLayer(const std::string& name, int64_t size, const std::function<int32_t(Builder&, int32_t)>& build, Random& random) {
  Builder b(size);
  const int32_t z = b.unary(agon::Function::Relu, build(b, b.unary(agon::Function::Relu, 0)));
  const int64_t k = b.size(z);
  const int32_t w = b.constant(normal(static_cast<size_t>(cutLabels * k), random));
  const auto program = b.finish(b.add(agon::Kind::MatMul, {z, w}, cutLabels, {1, 1, static_cast<int32_t>(k), cutLabels, 0, 1}, {1, 1}, {{0}, {0}}));
  const agon::Session one(program, agon::createPool(1)), many(program, agon::createPool(4));
  const auto x = normal(size, random);
  const auto expected = gradientsOf(program, x);
  const auto found = run(one, x, 1, agon::Choice::Never);
  double worst = 0, largest = 0;
  for (size_t i = 0; i < expected.size(); i++) {
    worst = std::max(worst, std::fabs(expected[i] - found[i]));
    largest = std::max(largest, std::fabs(expected[i]));
  }
  check::that(worst < 5e-6 * largest, name + ": off by " + std::to_string(worst / largest) + " of the largest");
  for (const int few : {1, 3, 8, 12, 13}) {
    const auto first = run(many, x, 1, agon::Choice::Never, few);
    check::that(std::memcmp(first.data(), found.data(), first.size() * sizeof(float)) == 0, name + ": same bits with " + std::to_string(few) + " labels");
  }
  auto two = normal(size, random);
  two.insert(two.begin(), x.begin(), x.end());
  const auto bytes = found.size() * sizeof(float);
  check::that(std::memcmp(run(many, x, 1, agon::Choice::Never).data(), found.data(), bytes) == 0, name + ": same bits with 4 threads");
  const auto apart = run(one, two, 2, agon::Choice::Never), together = run(many, two, 2, agon::Choice::Always);
  check::that(std::memcmp(apart.data(), together.data(), 2 * bytes) == 0, name + ": same bits in lanes");
}

/// x W + x V, whose cotangents meet at x: few labels have the bits that they have among many.
void testSharedFactor(Random& random) {
  Builder b(7 * 64);
  const auto product = [&](int32_t x, int32_t m, int32_t k, int32_t n) {
    return b.add(agon::Kind::MatMul, {x, b.constant(normal(static_cast<size_t>(k) * n, random))}, m * n, {1, m, k, n, 0, 0}, {1, 1}, {{0}, {0}});
  };
  const int32_t x = b.unary(agon::Function::Tanh, 0), first = product(x, 7, 64, 40), second = product(x, 7, 64, 40);
  const int32_t sum = b.add(agon::Kind::Binary, {first, second}, 7 * 40, {static_cast<int32_t>(agon::Function::Mul)}, {}, {{}, {}});
  const agon::Session session(b.finish(product(sum, 1, 7 * 40, cutLabels)), agon::createPool(2));
  const auto input = normal(7 * 64, random), all = run(session, input, 1, agon::Choice::Never);
  for (const int few : {2, 9}) {
    const auto found = run(session, input, 1, agon::Choice::Never, few);
    const bool isSame = std::memcmp(found.data(), all.data(), found.size() * sizeof(float)) == 0;
    check::that(isSame, "a factor of two products: same bits with " + std::to_string(few) + " labels");
  }
}

/// A dense layer leaves lines of inputs that are 0 unread, unless what it would read there is not finite.
void testInfiniteWeight() {
  for (const bool isFinite : {true, false}) {
    Builder b(20);
    std::vector<float> w(20 * 17, 1.0f);
    if (!isFinite) w[3 * 17 + 5] = std::numeric_limits<float>::infinity();
    const int32_t y = b.add(agon::Kind::MatMul, {0, b.constant(w)}, 17, {1, 1, 20, 17, 0, 0}, {1, 1}, {{0}, {0}});
    const agon::Session session(b.finish(y), agon::createPool(1));
    std::vector<float> x(20, 0.0f), out(17);
    x[7] = 2;
    session.forward(x.data(), 1, y, out.data(), {});
    bool agrees = true;
    for (int o = 0; o < 17; o++) agrees = agrees && (o == 5 && !isFinite ? std::isnan(out[o]) : out[o] == 2);
    check::that(agrees, isFinite ? "a dense layer of zeros" : "zero times infinity in a dense layer");
  }
}

}  // namespace

void testCuts() {
  testInfiniteWeight();
  Random random(17);
  const auto conv = [&](int in, int side, int out) {
    return [=, &random](Builder& b, int32_t x) {
      const int32_t y = b.conv(x, in, side, out, 3, 1, 1, 1, random);
      b.program.instructions.back().inputs.pop_back();  // the bias
      return y;
    };
  };
  testLayer("channels by themselves, the last panel of few labels not full", 37 * 25, conv(37, 5, 72), random);
  testLayer("taps in segments, positions in strips", 96 * 25, conv(96, 5, 160), random);
  testLayer("channels in slices, each tap by itself", 96 * 9, conv(96, 3, 800), random);
  testLayer("a transposed convolution in slices", 160 * 16, [&](Builder& b, int32_t x) { return b.convTranspose(x, 160, 4, 96, 3, 2, 1, random); }, random);
  for (const int transB : {0, 1}) {
    const auto product = [&](Builder& b, int32_t x) {
      const int32_t w = b.constant(normal(256 * 600, random));
      return b.add(agon::Kind::MatMul, {x, w}, 13 * 600, {1, 13, 256, 600, 0, transB}, {1, 1}, {{0}, {0}});
    };
    testLayer(std::string("a matrix product in panels, ") + (transB ? "transposed" : "as it is"), 13 * 256, product, random);
    // Of panels of 64, 32 and 16 outputs.
    for (const int32_t n : {512, 340, 68}) {
      const auto dense = [&](Builder& b, int32_t x) {
        const int32_t w = b.constant(normal(1100 * n, random));
        return b.add(agon::Kind::MatMul, {x, w}, n, {1, 1, 1100, n, 0, transB}, {1, 1}, {{0}, {0}});
      };
      testLayer("a dense layer of " + std::to_string(n) + (transB ? " outputs, transposed" : " outputs"), 1100, dense, random);
    }
  }
  const auto wide = [&](Builder& b, int32_t x) {
    const int32_t w = b.constant(normal(496 * 300, random));
    return b.add(agon::Kind::MatMul, {x, w}, 9 * 300, {1, 9, 496, 300, 0, 0}, {1, 1}, {{0}, {0}});
  };
  testLayer("a matrix product whose panels are in slices", 9 * 496, wide, random);
  testSharedFactor(random);
}
