// Training: gradients of weights at odd sizes, and Adam, against float64.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <memory>

#include "../src/learn/step.h"
#include "cuda-check.h"

namespace {

using agon::Kind;
using agon::cuda::Device;
using agon::cuda::Floats;

constexpr float nothing = std::numeric_limits<float>::quiet_NaN();

/// An instruction alone, with numbers at its inputs and cotangents at its output.
struct Alone {
  agon::Program program;
  std::vector<std::vector<float>> data;  // per value, [size, examples], or [size] for constants
  std::vector<float> cotangents;         // [size, examples]
  int32_t examples;

  const agon::Instruction& it() const { return program.instructions[0]; }
  int64_t size(size_t input) const { return program.values[it().inputs[input]].size; }
  double x(size_t input, int64_t e, int64_t n) const {
    const auto value = it().inputs[input];
    return program.values[value].constant.empty() ? data[value][e * examples + n] : data[value][e];
  }
  /// Of a row that nothing has, 0.
  double dy(int64_t e, int64_t n) const {
    const float at = cotangents[e * examples + n];
    return at == at ? at : 0;
  }
};

Alone aloneOf(agon::Program program, int32_t examples, Random& random) {
  Alone alone{std::move(program), {}, {}, examples};
  for (const auto& value : alone.program.values)
    alone.data.push_back(value.constant.empty() ? normal(static_cast<size_t>(value.size * examples), random) : value.constant);
  alone.cotangents = normal(static_cast<size_t>(alone.program.values[alone.program.output].size * examples), random);
  for (size_t i = 0; i < alone.cotangents.size(); i++)
    if (i / examples % 5 == 2) alone.cotangents[i] = nothing;
  return alone;
}

using Learn = std::unique_ptr<agon::cuda::ParameterGradient> (*)(const agon::cuda::Making&, size_t);

/// What the gradient of an input adds to 1.
std::vector<float> gradientOf(const Alone& alone, Learn learn, size_t input) {
  Device device(0);
  agon::cuda::Graph graph{};
  std::vector<uint8_t> alive;
  for (const auto& value : alone.program.values) graph.size.push_back(value.size);
  graph.constants.resize(graph.size.size());
  auto frame = makeFrame(graph, device, alone.examples);
  std::vector<Floats> held;
  for (size_t v = 0; v < graph.size.size(); v++) {
    held.emplace_back(device, alone.data[v]);
    frame.data[v] = {held.back().data(), alone.program.values[v].constant.empty() ? alone.examples : 1};
  }
  const int32_t y = alone.program.output;
  for (int64_t e = 0; e < graph.size[y]; e++) alive.push_back(alone.cotangents[e * alone.examples] == alone.cotangents[e * alone.examples]);
  agon::cuda::Walk walk(frame, {alone.examples, 1}, agon::Precision::Fp32);
  walk.begin(y, {Floats(device, alone.cotangents), std::make_shared<agon::cuda::Bytes>(device, alive)});
  auto program = alone.program;
  std::vector<uint8_t> unused(program.values.size());
  agon::Maker maker(program, 0, unused);
  const Floats out(device, std::vector<float>(alone.size(input), 1.0f));
  learn({maker, device}, input)->add(walk, out.data());
  return out.read();
}

/// `add(sums)` adds the products in float64.
void compareAlone(const Alone& alone, Learn learn, size_t input, const std::function<void(std::vector<double>&)>& add, const std::string& what) {
  std::vector<double> expected(alone.size(input), 1.0);
  add(expected);
  const auto found = gradientOf(alone, learn, input);
  double worst = 0, scale = 1;
  for (size_t i = 0; i < found.size(); i++) {
    const double apart = std::fabs(found[i] - expected[i]);
    worst = apart <= worst ? worst : apart;  // NaN is worst
    scale = std::max(scale, std::fabs(expected[i]));
  }
  check::that(worst < 2e-6 * scale, what + ": off by " + std::to_string(worst) + " of " + std::to_string(scale));
  const auto again = gradientOf(alone, learn, input);
  check::that(std::memcmp(found.data(), again.data(), found.size() * sizeof(float)) == 0, what + ": the same bits again");
}

void testConvGradients(Random& random) {
  struct Sizes {
    int in, side, out, kernel, stride, pad, groups, examples;
  };
  for (const Sizes s : {Sizes{3, 6, 5, 3, 1, 1, 1, 3}, {4, 7, 6, 3, 2, 0, 2, 1}, {6, 5, 6, 3, 1, 1, 6, 17}, {9, 6, 70, 3, 1, 1, 1, 7}, {20, 4, 18, 1, 1, 0, 2, 40}}) {
    Builder b(s.in * s.side * s.side);
    const auto alone = aloneOf(b.finish(b.conv(0, s.in, s.side, s.out, s.kernel, s.stride, s.pad, s.groups, random)), s.examples, random);
    const auto& it = alone.it();
    const int64_t in = it.ints[1] / it.ints[0], out = it.ints[2] / it.ints[0], taps = it.ints[5], positions = it.ints[4];
    const auto weights = [&](std::vector<double>& dw) {
      for (int64_t co = 0; co < it.ints[2]; co++)
        for (int64_t ci = 0; ci < in; ci++)
          for (int64_t o = 0; o < positions; o++)
            for (int32_t k = it.tables[0][o]; k < it.tables[0][o + 1]; k++)
              for (int64_t n = 0; n < s.examples; n++)
                dw[(co * in + ci) * taps + it.tables[1][k]] += alone.dy(co * positions + o, n) * alone.x(0, (co / out * in + ci) * it.ints[3] + it.tables[2][k], n);
    };
    const auto bias = [&](std::vector<double>& db) {
      for (int64_t e = 0; e < it.ints[2] * positions; e++)
        for (int64_t n = 0; n < s.examples; n++) db[e / positions] += alone.dy(e, n);
    };
    const std::string what = "conv " + std::to_string(s.in) + "->" + std::to_string(s.out) + " groups " + std::to_string(s.groups);
    compareAlone(alone, agon::cuda::learnConv, 1, weights, what + ", gradient of weights");
    compareAlone(alone, agon::cuda::learnConv, 2, bias, what + ", gradient of the bias");
  }
}

/// Products of a constant with [2, m, k] or [2, k, n]; several of them may read one matrix.
void testMatMulGradients(Random& random) {
  struct Sizes {
    int64_t m, k, n, matrices;
    int examples;
  };
  for (const Sizes s : {Sizes{3, 5, 7, 1, 3}, {4, 10, 9, 2, 1}, {1, 70, 12, 1, 33}, {9, 8, 66, 3, 5}})
    for (int32_t flags = 0; flags < 8; flags++) {
      const size_t fitted = flags & 4 ? 0 : 1;
      const int64_t batch = 3, own = fitted == 0 ? s.m * s.k : s.k * s.n, others = fitted == 0 ? s.k * s.n : s.m * s.k;
      Builder b(2 * others);
      const int32_t w = b.constant(normal(static_cast<size_t>(s.matrices * own), random)), c = b.constant(normal(static_cast<size_t>(s.n), random));
      std::vector<int32_t> map(batch * s.m * s.n), which[2] = {{1, 0, 1}, {}};
      for (size_t e = 0; e < map.size(); e++) map[e] = static_cast<int32_t>(e % s.n);
      for (int32_t p = 0; p < batch; p++) which[1].push_back(static_cast<int32_t>((p * 2 + 1) % s.matrices));
      const auto &ofA = which[fitted == 0], &ofB = which[fitted == 1];
      const int32_t y = b.add(Kind::MatMul, fitted == 0 ? std::vector<int32_t>{w, 0, c} : std::vector<int32_t>{0, w, c}, batch * s.m * s.n,
                              {3, static_cast<int32_t>(s.m), static_cast<int32_t>(s.k), static_cast<int32_t>(s.n), flags & 1, flags >> 1 & 1}, {0.5f, 2}, {ofA, ofB, map});
      const auto alone = aloneOf(b.finish(y), s.examples, random);
      const auto factor = [&](std::vector<double>& d) {
        for (int64_t p = 0; p < batch; p++)
          for (int64_t i = 0; i < s.m; i++)
            for (int64_t l = 0; l < s.k; l++)
              for (int64_t j = 0; j < s.n; j++)
                for (int64_t n = 0; n < s.examples; n++) {
                  const int64_t inA = ofA[p] * s.m * s.k + (flags & 1 ? l * s.m + i : i * s.k + l), inB = ofB[p] * s.k * s.n + (flags & 2 ? j * s.k + l : l * s.n + j);
                  d[fitted == 0 ? inA : inB] += 0.5 * alone.dy((p * s.m + i) * s.n + j, n) * alone.x(1 - fitted, fitted == 0 ? inB : inA, n);
                }
      };
      const auto addend = [&](std::vector<double>& dc) {
        for (size_t e = 0; e < map.size(); e++)
          for (int64_t n = 0; n < s.examples; n++) dc[map[e]] += 2 * alone.dy(static_cast<int64_t>(e), n);
      };
      const std::string what = "matmul " + std::to_string(s.m) + "x" + std::to_string(s.k) + "x" + std::to_string(s.n) + ", flags " + std::to_string(flags);
      compareAlone(alone, agon::cuda::learnMatMul, fitted, factor, what);
      if (flags == 0) compareAlone(alone, agon::cuda::learnMatMul, 2, addend, what + ", addend");
    }
}

/// Against the formula in float64.
void testAdam(Random& random) {
  Device device(0);
  const agon::Adam adam = {3, 0.01, 0.9, 0.99, 1e-6, 0.2};
  for (const bool decays : {false, true})
    for (const size_t size : {1u, 77u}) {
      const auto w0 = normal(size, random), m0 = normal(size, random), g = normal(size, random);
      auto v0 = normal(size, random);
      for (float& value : v0) value *= value;
      const Floats w(device, w0), m(device, m0), v(device, v0), gradients(device, g);
      agon::cuda::adamStep(device, adam, decays, {w.data(), m.data(), v.data(), gradients.data()}, static_cast<int64_t>(size));
      const auto values = w.read(), first = m.read(), second = v.read();
      double worst = 0;
      for (size_t i = 0; i < size; i++) {
        const double one = adam.beta1 * m0[i] + (1 - adam.beta1) * g[i], two = adam.beta2 * v0[i] + (1 - adam.beta2) * g[i] * static_cast<double>(g[i]);
        const double change = one / (1 - std::pow(adam.beta1, 3)) / (std::sqrt(two / (1 - std::pow(adam.beta2, 3))) + adam.epsilon);
        const double value = w0[i] - adam.rate * (change + (decays ? adam.decay : 0) * w0[i]);
        worst = std::max({worst, std::fabs(first[i] - one), std::fabs(second[i] - two), std::fabs(values[i] - value)});
      }
      check::that(worst < 2e-6, "Adam: off by " + std::to_string(worst));
    }
}

}  // namespace

void testWeightGradients() {
  Random random(23);
  testConvGradients(random);
  testMatMulGradients(random);
  testAdam(random);
}
