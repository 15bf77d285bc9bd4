// Elementwise regions: which instructions they hold, and the same bits as of the instructions one by one.
#include <algorithm>
#include <cstring>
#include <numeric>

#include "../src/graph.h"
#include "check.h"

namespace {

using agon::Function;
using agon::Kind;

constexpr int lines = 6, hidden = 48, classes = 20, regionLabels = 21, regionInput = lines * 24;

/// y = x (1 + erf(x / sqrt 2)) / 2 between two dense layers, with a bias before it; then a softmax of quotients and one more dense layer.
struct Gelu {
  agon::Program program;
  int32_t biased, error, last;
};

int32_t dense(Builder& b, int32_t x, int32_t m, int32_t out, Random& random) {
  const auto k = static_cast<int32_t>(b.size(x) / m);
  return b.add(Kind::MatMul, {x, b.constant(normal(static_cast<size_t>(k) * out, random))}, int64_t{m} * out, {1, m, k, out, 0, 0}, {1, 1}, {{0}, {0}});
}

/// `isSplit`: somebody else reads the values in between, so that there is no region.
Gelu gelu(bool isSplit) {
  Random random(29);
  Builder b(regionInput);
  const auto binary = [&](Function function, int32_t x, int32_t y) {
    std::vector<int32_t> map;
    if (b.size(y) < b.size(x)) map.assign(b.size(x), 0);
    return b.add(Kind::Binary, {x, y}, b.size(x), {static_cast<int32_t>(function)}, {}, {{}, map});
  };
  Gelu g{{}, 0, 0, 0};
  g.biased = binary(Function::Add, dense(b, 0, lines, hidden, random), b.constant(normal(lines * hidden, random)));
  const int32_t scaled = binary(Function::Div, g.biased, b.constant({1.41421356f}));
  g.error = b.unary(Function::Erf, scaled);
  const int32_t shifted = binary(Function::Add, g.error, b.constant({1}));
  const int32_t product = binary(Function::Mul, g.biased, shifted);
  g.last = binary(Function::Mul, product, b.constant({0.5f}));
  if (isSplit)
    for (const int32_t v : {g.error, shifted, product}) b.unary(Function::Tanh, v);
  const int32_t quotient = binary(Function::Div, dense(b, g.last, lines, classes, random), b.constant({16}));
  const int32_t shares = b.add(Kind::Softmax, {quotient}, lines * classes, {lines, classes, 1});
  g.program = b.finish(dense(b, shares, 1, regionLabels, random));
  return g;
}

std::vector<float> gradientsTo(const Gelu& of, int threads, const std::vector<float>& x, int64_t examples, int32_t wrt, agon::Choice batch,
                               int count = regionLabels) {
  const agon::Session session(of.program, agon::createPool(threads));
  std::vector<int32_t> labels(count * examples);
  for (size_t i = 0; i < labels.size(); i++) labels[i] = static_cast<int32_t>(i) / static_cast<int32_t>(examples);
  agon::Seeds seeds;
  seeds.count = count;
  seeds.labels = labels.data();
  agon::Control control;
  control.memory = 1 << 26;
  control.batch = batch;
  std::vector<float> out(labels.size() * session.sizeOf(wrt));
  session.vjp(x.data(), examples, seeds, wrt, out.data(), control);
  return out;
}

bool isSame(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

}  // namespace

void testRegions() {
  const Gelu whole = gelu(false), split = gelu(true);
  const auto regions = agon::prepare(whole.program).regions;
  check::that(regions.size() == 2 && !regions[0].hasOneFactor && regions[0].steps == std::vector<int32_t>{1, 2, 3, 4, 5, 6} &&
                  regions[0].x == whole.program.instructions[0].outputs[0],
              "GELU and the bias before it are one region");
  check::that(regions.size() == 2 && regions[1].hasOneFactor && regions[1].isReadOnce, "a quotient goes along with the softmax of it");
  const auto parts = agon::prepare(split.program).regions;
  check::that(std::all_of(parts.begin(), parts.end(), [](const agon::Region& each) { return each.hasOneFactor; }), "no region around values that others read");
  Random random(31);
  auto x = normal(regionInput * 16, random);
  for (float& each : x) each *= 2;  // some units saturate
  const auto values = gradientsTo(split, 1, x, 16, 0, agon::Choice::Never);
  check::that(std::any_of(values.begin(), values.end(), [](float v) { return v != 0; }), "a region: gradients are not all 0");
  for (const int few : {1, 5, 16}) {
    const auto some = gradientsTo(whole, 2, x, 1, 0, agon::Choice::Never, few), all = gradientsTo(split, 1, x, 1, 0, agon::Choice::Never);
    check::that(std::memcmp(some.data(), all.data(), some.size() * sizeof(float)) == 0, "a region: same bits with " + std::to_string(few) + " labels");
  }
  for (const int threads : {1, 4}) {
    for (const agon::Choice batch : {agon::Choice::Never, agon::Choice::Always}) {
      const std::string how = std::to_string(threads) + " threads, " + (batch == agon::Choice::Never ? "alone" : "in lanes");
      for (const int32_t wrt : {int32_t{0}, whole.biased, whole.error, whole.last})
        check::that(isSame(gradientsTo(whole, threads, x, 16, wrt, batch), gradientsTo(split, 1, x, 16, wrt, agon::Choice::Never)),
                    "a region has the bits of its instructions: value " + std::to_string(wrt) + ", " + how);
    }
  }
}
