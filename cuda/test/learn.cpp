// Training: learners against those of the CPU.
#include <agon/cuda-learner.h>

#include <cmath>
#include <cstring>
#include <functional>
#include <numeric>

#include "cuda-check.h"

namespace {

using agon::Function;
using agon::Kind;
using agon::Part;

struct Batch {
  std::vector<float> x;
  std::vector<int32_t> labels;
  int64_t examples() const { return static_cast<int64_t>(labels.size()); }
};

template <class Learner>
Batch batchFor(const Learner& learner, int64_t examples, Random& random) {
  Batch batch{normal(static_cast<size_t>(examples * learner.inputSize()), random), std::vector<int32_t>(examples)};
  for (auto& label : batch.labels) label = static_cast<int32_t>(random() % static_cast<uint32_t>(learner.outputSize()));
  return batch;
}

template <class Learner>
agon::PassResult pass(Learner& learner, const Batch& batch) {
  return learner.pass(batch.x.data(), batch.labels.data(), batch.examples());
}

template <class Learner>
std::vector<float> partOf(const Learner& learner, Part part, int64_t parameter) {
  std::vector<float> numbers(learner.parameterSize(parameter));
  learner.read(part, parameter, numbers.data());
  return numbers;
}

/// Every parameter's largest difference over its largest number.
template <class One, class Other>
void comparePart(const One& found, const Other& expected, Part part, const std::string& what) {
  for (int64_t p = 0; p < expected.parameterCount(); p++) {
    const auto a = partOf(found, part, p), b = partOf(expected, part, p);
    double worst = 0, scale = 1e-30;
    for (size_t i = 0; i < b.size(); i++) {
      const double apart = std::fabs(static_cast<double>(a[i]) - b[i]);
      worst = apart <= worst ? worst : apart;  // NaN is worst
      scale = std::max(scale, std::fabs(static_cast<double>(b[i])));
    }
    check::that(worst < 1e-5 * scale, what + " of parameter " + std::to_string(p) + ": off by " + std::to_string(worst / scale));
  }
}

void compareResult(const agon::PassResult& found, const agon::PassResult& expected, const std::string& what) {
  check::that(std::fabs(found.loss - expected.loss) < 1e-5 * std::max(1.0, expected.loss) && found.correct == expected.correct,
              what + ": loss " + std::to_string(found.loss) + ", expected " + std::to_string(expected.loss));
}

struct Net {
  std::string name;
  agon::Program program;
  std::vector<agon::Parameter> parameters;
};

/// Five steps on batches of many sizes; then the CPU's state goes to a learner that has learnt nothing.
void compareLearners(const Net& net, const std::vector<int64_t>& batches, Random& random) {
  agon::Learner cpu(net.program, net.parameters, agon::createPool(2));
  agon::cuda::Learner gpu(net.program, net.parameters, 0), again(net.program, net.parameters, 0), fresh(net.program, net.parameters, 0);
  double step = 0;
  for (const int64_t examples : batches) {
    const auto batch = batchFor(cpu, examples, random);
    const auto expected = pass(cpu, batch), found = pass(gpu, batch), repeated = pass(again, batch);
    compareResult(found, expected, net.name);
    comparePart(gpu, cpu, Part::Gradients, net.name + ", gradients");
    check::that(std::memcmp(&found.loss, &repeated.loss, sizeof(double)) == 0, net.name + ": the same loss again");
    const agon::Adam adam = {++step, 0.01, 0.9, 0.999, 1e-3, 0.1};
    cpu.update(adam);
    gpu.update(adam);
    again.update(adam);
  }
  comparePart(gpu, cpu, Part::Values, net.name + ", values");
  comparePart(gpu, cpu, Part::First, net.name + ", first moments");
  bool isSame = true;
  for (int64_t p = 0; p < gpu.parameterCount(); p++) {
    for (const Part part : {Part::Values, Part::Gradients, Part::First, Part::Second}) {
      const auto one = partOf(gpu, part, p), other = partOf(again, part, p);
      isSame = isSame && std::memcmp(one.data(), other.data(), one.size() * sizeof(float)) == 0;
    }
    const auto values = partOf(cpu, Part::Values, p);
    fresh.write(Part::Values, p, values.data());
  }
  check::that(isSame, net.name + ": the same bits again");
  const auto batch = batchFor(cpu, 4, random);
  compareResult(pass(fresh, batch), pass(cpu, batch), net.name + ", written values");
  comparePart(fresh, cpu, Part::Gradients, net.name + ", gradients at written values");
}

/// Scales and shifts, one of which two instructions read, a constant on the left of a product, padding, and an affine map that is not fitted: [12] -> 5.
Net elementwiseNet(Random& random) {
  Builder b(12);
  const auto binary = [&](Function f, int32_t x, int32_t y, std::vector<int32_t> mapX, std::vector<int32_t> mapY) {
    return b.add(Kind::Binary, {x, y}, 12, {static_cast<int32_t>(f)}, {}, {std::move(mapX), std::move(mapY)});
  };
  const std::vector<int32_t> thirds = {0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2}, cycle = {0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2};
  const int32_t scale = b.constant(normal(3, random)), shift = b.constant(normal(12, random)), unread = b.constant(normal(2, random));
  int32_t x = binary(Function::Mul, 0, scale, {}, thirds);
  x = binary(Function::Sub, shift, x, {}, {});
  x = b.unary(Function::Tanh, x);
  x = binary(Function::Max, x, scale, {}, cycle);
  const int32_t by = b.constant(normal(2, random)), to = b.constant(normal(2, random));
  x = b.add(Kind::Affine, {x, by, to}, 12, {}, {}, {{0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1}});
  x = b.add(Kind::Gather, {x}, 12, {}, {0.5f}, {{3, -1, 5, 0, 0, 7, 8, 9, 11, 10, 1, 2}});
  const int32_t left = b.constant(normal(3 * 4, random));
  x = b.add(Kind::MatMul, {left, x}, 9, {1, 3, 4, 3, 0, 0}, {0.5f, 0}, {{0}, {0}});
  const int32_t w = b.constant(normal(9 * 5, random)), c = b.constant(normal(5, random));
  x = b.add(Kind::MatMul, {x, w, c}, 5, {1, 1, 9, 5, 0, 0}, {1, 2}, {{0}, {0}});
  return {"elementwise net", b.finish(x), {{scale, true}, {shift, false}, {unread, true}, {left, true}, {w, true}, {c, false}}};
}

/// More examples than go together.
void testManyExamples(Random& random) {
  Builder b(4);
  const int32_t w = b.constant(normal(12, random)), c = b.constant(normal(3, random));
  const int32_t y = b.add(Kind::MatMul, {0, w, c}, 3, {1, 1, 4, 3, 0, 0}, {1, 1}, {{0}, {0}});
  const auto program = b.finish(y);
  const Net net{"many examples", program, constantsOf(program)};
  const int64_t together = agon::cuda::Learner(program, net.parameters, 0).examplesTogether();
  check::that(together < 600, "600 examples are more than go together");
  compareLearners(net, {600, together, together + 1, 1}, random);
}

/// Large logits, equal ones and a single one; nothing is fitted.
void testLoss() {
  const std::vector<float> logits = {1e4f, -1e4f, 3, 2, 2, 2, -1, 0, 0, 5, 4, 5};
  const std::vector<int32_t> labels = {1, 0, 1, 2};
  Builder b(3);
  const auto program = b.finish(b.add(Kind::Alias, {0}, 3));
  agon::Learner cpu(program, {}, agon::createPool(1));
  agon::cuda::Learner gpu(program, {}, 0);
  const auto expected = cpu.pass(logits.data(), labels.data(), 4), found = gpu.pass(logits.data(), labels.data(), 4);
  compareResult(found, expected, "extreme logits");
  check::that(found.correct == 2, "the first of equal logits wins");
}

void testBadLearners(Random& random) {
  const auto program = smallNet(10, random);
  const auto parameters = constantsOf(program);
  const auto codeFor = [&](const std::function<void(agon::Program&, std::vector<agon::Parameter>&)>& spoil) {
    return check::codeOf([&] {
      auto spoilt = program;
      auto fitted = parameters;
      spoil(spoilt, fitted);
      agon::cuda::Learner learner(std::move(spoilt), std::move(fitted), 0);
    });
  };
  check::that(codeFor([](auto&, auto&) {}).empty(), "the program that these are slips of");
  check::that(codeFor([](auto&, auto& fitted) { fitted.push_back({0, false}); }) == "AGON_INTERNAL", "an input is no parameter");
  check::that(codeFor([](auto&, auto& fitted) { fitted.push_back(fitted[0]); }) == "AGON_INTERNAL", "a parameter twice");
  check::that(codeFor([](auto&, auto& fitted) { fitted.push_back({9999, false}); }) == "AGON_INTERNAL", "a parameter that does not exist");
  check::that(codeFor([](auto& p, auto&) { p.instructions[0].inputs[0] = 9999; }) == "AGON_INTERNAL", "a value that does not exist");
  check::that(codeFor([](auto& p, auto&) { p.instructions[0].kind = Kind::Softmax; }) == "AGON_INTERNAL", "a kind without parameter gradients");
  check::that(codeFor([](auto& p, auto&) { p.instructions[0].tables[2][0] = 1 << 20; }) == "AGON_INTERNAL", "a table out of range");
  auto net = elementwiseNet(random);
  for (const auto& it : net.program.instructions)
    if (it.kind == Kind::Affine) net.parameters.push_back({it.inputs[1], false});
  check::that(check::codeOf([&] { agon::cuda::Learner learner(net.program, net.parameters, 0); }) == "AGON_INTERNAL", "a parameter that is no weight");
  agon::cuda::Learner learner(program, parameters, 0);
  auto batch = batchFor(learner, 1, random);
  const std::atomic<bool> abort{true};
  check::that(check::codeOf([&] { learner.pass(batch.x.data(), batch.labels.data(), 1, &abort); }) == "AGON_ABORTED", "an aborted pass");
  batch.labels[0] = 10;
  check::that(check::codeOf([&] { pass(learner, batch); }) == "AGON_BAD_INPUT", "a label that no logit has");
  check::that(check::codeOf([&] { learner.pass(batch.x.data(), batch.labels.data(), 0); }) == "AGON_BAD_INPUT", "a batch of nothing");
}

}  // namespace

void testLearners() {
  Random random(24);
  const std::vector<int64_t> batches = {3, 1, 9, 2, 5};
  for (const auto activation : {Function::Relu, Function::Softplus}) {
    const auto program = smallNet(10, random, activation);
    compareLearners({"net", program, constantsOf(program)}, batches, random);
  }
  compareLearners(elementwiseNet(random), {3, 1, 40, 2, 5}, random);
  testManyExamples(random);
  testLoss();
  testBadLearners(random);
}
