// Every kind of instruction: values, cotangents and contests against those of the CPU.
#include <algorithm>
#include <cmath>

#include "against-cpu.h"

namespace {

/// Largest difference, over the largest absolute number that was expected (at least 1).
double difference(const std::vector<float>& found, const std::vector<float>& expected) {
  double scale = 1, worst = 0;
  for (size_t i = 0; i < expected.size(); i++) {
    scale = std::max(scale, std::fabs(static_cast<double>(expected[i])));
    const double apart = std::fabs(static_cast<double>(found[i]) - expected[i]);
    worst = apart <= worst ? worst : apart;  // NaN is worst
  }
  return worst / scale;
}

}  // namespace

void compare(const std::vector<float>& found, const std::vector<float>& expected, const std::string& what) {
  const double apart = difference(found, expected);
  check::that(apart < 2e-5, what + " differ by " + std::to_string(apart));
}

namespace {

void testCase(const Case& of, Random& random) {
  constexpr int64_t examples = 3;
  auto x = spread(static_cast<size_t>(examples * of.program.values[of.program.input].size), of.range, random);
  for (auto& value : x) value += of.offset;
  compareWithCpu(of.program, x, examples, of.name, random);
}

}  // namespace

void compareWithCpu(const agon::Program& program, const std::vector<float>& x, int64_t examples, const std::string& name, Random& random) {
  const int32_t output = program.output;
  const agon::Session cpu(program, agon::createPool(1));
  const agon::cuda::Session gpu(program, 0);
  constexpr int64_t count = 5;
  compare(forward(gpu, x, examples, output), forward(cpu, x, examples, output), name + ": values");
  const auto outputs = static_cast<size_t>(cpu.sizeOf(output));
  auto cotangents = normal(count * examples * outputs, random);
  for (size_t i = 0; i < cotangents.size(); i++)
    if (i % outputs % 3 == 0) cotangents[i] = 0;  // rows that nobody has
  agon::Seeds seeds;
  seeds.count = count;
  seeds.dense = cotangents.data();
  const auto expected = vjp(cpu, x, examples, seeds, {});
  compare(vjp(gpu, x, examples, seeds, {}), expected, name + ": cotangents");
}

namespace {

/// A budget that holds one example alone holds many, fewer at a time, with the same bits.
void testSmallBudget(Random& random) {
  const agon::cuda::Session session(smallNet(20, random), 0);
  constexpr int64_t examples = 40;
  const auto x = normal(static_cast<size_t>(examples * session.sizeOf(0)), random);
  std::vector<int32_t> labels(examples);
  for (size_t n = 0; n < labels.size(); n++) labels[n] = static_cast<int32_t>(n % 20);
  agon::Seeds seeds;
  seeds.count = 1;
  seeds.labels = labels.data();
  agon::Control little;
  const auto run = [&](int64_t count) { return vjp(session, {x.begin(), x.begin() + count * session.sizeOf(0)}, count, seeds, little); };
  for (little.memory = 1024; check::codeOf([&] { run(1); }) == "AGON_OUT_OF_BUDGET";) little.memory *= 2;
  const auto few = run(examples);
  little.memory = int64_t{1} << 30;
  check::that(few == run(examples), "many examples within the budget of few: the same bits");
}

}  // namespace

void testKindsAgainstCpu() {
  Random random(1);
  testSmallBudget(random);
  const auto run = [&](const Case& of) {
    try {
      testCase(of, random);
    } catch (const agon::Error& error) {
      check::that(false, of.name + ": " + error.what());
    }
  };
  for (const Case& of : kindCases(random)) run(of);
  for (const auto activation : {agon::Function::Relu, agon::Function::Softplus}) {
    const agon::Program net = smallNet(20, random, activation);
    run({"net", net});
    run({"net, steered", steered(net)});
  }
}
