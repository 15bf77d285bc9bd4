// Training: blocked products against sums in float64 at odd sizes, and learners on any number of threads.
#include <agon/learner.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>

#include "../src/learn/products.h"
#include "check.h"

namespace {

using agon::learnLanes;

std::vector<float> copyOf(const agon::Buffer& buffer) { return {buffer.data(), buffer.data() + buffer.size()}; }

agon::Buffer lanesOf(int64_t rows, Random& random) {
  agon::Buffer made(rows * learnLanes);
  const auto values = normal(static_cast<size_t>(made.size()), random);
  std::copy(values.begin(), values.end(), made.data());
  return made;
}

/// Compares with expected(i) in float64, whose terms are about 1.
void compare(const std::vector<float>& found, int64_t terms, const std::function<double(int64_t)>& expected, const std::string& what) {
  double worst = 0;
  for (size_t i = 0; i < found.size(); i++) worst = std::max(worst, std::fabs(found[i] - expected(static_cast<int64_t>(i))));
  check::that(worst < 2e-6 * static_cast<double>(terms), what + ": off by " + std::to_string(worst));
}

struct Sizes {
  int64_t rows, columns, examples;
};
constexpr Sizes sizes[] = {{1, 1, 1}, {7, 3, 2}, {5, 257, 1}, {13, 31, 3}, {100, 16, 17}, {49, 519, 2}, {12, 24, 4}};

agon::Learning learningOn(agon::Pool& pool) { return {pool, agon::learnKernels(agon::kernels()), 1, {}, {}, {}, {}, {}, {}}; }

/// y = M x for both orders of M's elements, written and added.
void testMultiplyLanes(agon::Pool& pool, Random& random) {
  auto of = learningOn(pool);
  for (const auto& [rows, columns, examples] : sizes)
    for (const bool isTurned : {false, true})
      for (const bool goesOn : {false, true}) {
        const auto m = normal(static_cast<size_t>(rows * columns), random);
        const agon::MatrixView view = {m.data(), rows, columns, isTurned ? 1 : columns, isTurned ? rows : 1};
        const auto x = lanesOf(columns * examples, random), y = lanesOf(rows * examples, random);
        const auto before = copyOf(y);
        agon::multiplyLanes(of, view, {x.data(), columns, examples}, y.data(), goesOn);
        const auto expected = [&, rows = rows, columns = columns](int64_t at) {
          const int64_t lane = at % learnLanes, i = at / learnLanes % rows, q = at / learnLanes / rows;
          double sum = goesOn ? before[at] : 0;
          for (int64_t j = 0; j < columns; j++)
            sum += static_cast<double>(m[i * view.row + j * view.column]) * x.data()[(q * columns + j) * learnLanes + lane];
          return sum;
        };
        compare(copyOf(y), columns + 1, expected, "multiplyLanes " + std::to_string(rows) + "x" + std::to_string(columns));
      }
}

/// M = sums over a batch.
void testMultiplyOverBatch(agon::Pool& pool, Random& random) {
  auto of = learningOn(pool);
  for (const auto& [rows, columns, examples] : sizes)
    for (const bool goesOn : {false, true}) {
      const auto a = lanesOf(rows * examples, random), b = lanesOf(columns * examples, random);
      auto m = normal(static_cast<size_t>(rows * columns), random);
      const auto before = m;
      agon::multiplyOverBatch(of, {a.data(), rows, examples}, {b.data(), columns, examples}, m.data(), goesOn);
      const auto expected = [&, rows = rows, columns = columns, examples = examples](int64_t at) {
        double sum = goesOn ? before[at] : 0;
        for (int64_t q = 0; q < examples; q++)
          for (int64_t l = 0; l < learnLanes; l++)
            sum += static_cast<double>(a.data()[(q * rows + at / columns) * learnLanes + l]) * b.data()[(q * columns + at % columns) * learnLanes + l];
        return sum;
      };
      compare(m, examples * learnLanes + 1, expected, "multiplyOverBatch " + std::to_string(rows) + "x" + std::to_string(columns));
    }
}

/// Adam over numbers that fill no whole registers, against the formula in float64.
void testAdam(agon::Pool& pool, Random& random) {
  auto of = learningOn(pool);
  const agon::Adam adam = {3, 0.01, 0.9, 0.99, 1e-6, 0.2};
  for (const size_t size : {1u, 15u, 16u, 77u}) {
    auto w = normal(size, random), m = normal(size, random), v = normal(size, random);
    for (float& value : v) value = value * value;
    const auto g = normal(size, random), w0 = w, m0 = m, v0 = v;
    agon::adamStep(of, adam, true, {w.data(), m.data(), v.data(), g.data()}, static_cast<int64_t>(size));
    const auto first = [&](int64_t i) { return adam.beta1 * m0[i] + (1 - adam.beta1) * g[i]; };
    const auto second = [&](int64_t i) { return adam.beta2 * v0[i] + (1 - adam.beta2) * g[i] * static_cast<double>(g[i]); };
    const auto value = [&](int64_t i) {
      const double change = first(i) / (1 - std::pow(adam.beta1, 3)) / (std::sqrt(second(i) / (1 - std::pow(adam.beta2, 3))) + adam.epsilon);
      return w0[i] - adam.rate * (change + adam.decay * w0[i]);
    };
    compare(m, 1, first, "Adam's first moment");
    compare(v, 1, second, "Adam's second moment");
    compare(w, 1, value, "Adam's weights");
  }
}

/// Weights after three steps on batches of different sizes.
std::vector<float> fit(const agon::Program& program, int threads) {
  agon::Learner learner(program, constantsOf(program), agon::createPool(threads));
  Random random(5);
  for (int step = 1; step <= 3; step++) {
    const int64_t examples = 9 + 11 * step;
    const auto x = normal(static_cast<size_t>(examples * learner.inputSize()), random);
    std::vector<int32_t> labels(examples);
    for (int64_t n = 0; n < examples; n++) labels[n] = static_cast<int32_t>((n * 7 + step) % learner.outputSize());
    learner.pass(x.data(), labels.data(), examples);
    learner.update({static_cast<double>(step), 0.01, 0.9, 0.999, 1e-8, 0.1});
  }
  std::vector<float> all;
  for (int64_t p = 0; p < learner.parameterCount(); p++) {
    std::vector<float> part(learner.parameterSize(p));
    learner.read(agon::Part::Values, p, part.data());
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

void testThreads(Random& random) {
  const auto program = smallNet(10, random);
  const auto one = fit(program, 1);
  check::that(std::isfinite(one[0]) && one[0] != program.values[constantsOf(program)[0].value].constant[0], "a fit moves weights");
  for (const int threads : {2, 3, 5}) {
    const auto many = fit(program, threads);
    check::that(std::memcmp(one.data(), many.data(), one.size() * sizeof(float)) == 0, "a fit has the same bits on " + std::to_string(threads) + " threads");
  }
}

void testBadLearners(Random& random) {
  const auto program = smallNet(10, random);
  const auto parameters = constantsOf(program);
  const auto codeFor = [&](const std::function<void(agon::Program&, std::vector<agon::Parameter>&)>& spoil) {
    return check::codeOf([&] {
      auto spoilt = program;
      auto fitted = parameters;
      spoil(spoilt, fitted);
      agon::Learner learner(std::move(spoilt), std::move(fitted), agon::createPool(1));
    });
  };
  check::that(codeFor([](auto&, auto&) {}).empty(), "the program that these are slips of");
  check::that(codeFor([](auto&, auto& fitted) { fitted.push_back({0, false}); }) == "AGON_INTERNAL", "an input is no parameter");
  check::that(codeFor([](auto&, auto& fitted) { fitted.push_back(fitted[0]); }) == "AGON_INTERNAL", "a parameter twice");
  check::that(codeFor([](auto&, auto& fitted) { fitted.push_back({9999, false}); }) == "AGON_INTERNAL", "a parameter that does not exist");
  check::that(codeFor([](auto& p, auto&) { p.instructions[0].inputs[0] = 9999; }) == "AGON_INTERNAL", "a value that does not exist");
  check::that(codeFor([](auto& p, auto&) { p.instructions[0].kind = agon::Kind::Softmax; }) == "AGON_INTERNAL", "a kind without parameter gradients");
  check::that(codeFor([](auto& p, auto& fitted) {
                p.values.push_back({1, {1.0f}});
                const auto concat = std::find_if(p.instructions.begin(), p.instructions.end(), [](const auto& it) { return it.kind == agon::Kind::Concat; });
                concat->inputs.back() = static_cast<int32_t>(p.values.size()) - 1;
                concat->tables.back() = {0};
                fitted.push_back({concat->inputs.back(), false});
              }) == "AGON_INTERNAL",
              "a parameter of a concatenation");
  check::that(codeFor([](auto& p, auto&) { p.instructions[0].tables[2][0] = 1 << 20; }) == "AGON_INTERNAL", "a table out of range");
  agon::Learner learner(program, parameters, agon::createPool(1));
  const auto x = normal(static_cast<size_t>(learner.inputSize()), random);
  const int32_t label = 10;
  check::that(check::codeOf([&] { learner.pass(x.data(), &label, 1); }) == "AGON_BAD_INPUT", "a label that no logit has");
}

}  // namespace

void testLearn() {
  Random random(23);
  for (const int threads : {1, 3}) {
    const auto pool = agon::createPool(threads);
    testMultiplyLanes(*pool, random);
    testMultiplyOverBatch(*pool, random);
    testAdam(*pool, random);
  }
  testThreads(random);
  testBadLearners(random);
}
