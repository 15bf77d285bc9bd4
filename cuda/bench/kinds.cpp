// Every kind of instruction: values and cotangents on the GPU against those of the core for CPUs, on the programs of native/test-cpp/cases.cpp.
#include <agon/cuda-session.h>

#include "check.h"
#include "compare.h"
#include "line.h"
#include "net.h"

namespace bench {

namespace {

constexpr int64_t examples = 3, count = 5;

template <class Session>
std::vector<float> valuesOf(const Session& session, const std::vector<float>& x, int32_t output) {
  std::vector<float> y(static_cast<size_t>(examples * session.sizeOf(output)));
  session.forward(x.data(), examples, output, y.data(), {});
  return y;
}

template <class Session>
std::vector<float> cotangentsOf(const Session& session, const std::vector<float>& x, const std::vector<float>& dense) {
  agon::Seeds seeds;
  seeds.count = count;
  seeds.dense = dense.data();
  std::vector<float> g(static_cast<size_t>(count * examples * session.sizeOf(0)));
  session.vjp(x.data(), examples, seeds, 0, g.data(), {});
  return g;
}

bool compareCase(const Case& of, Random& random, const std::shared_ptr<agon::Pool>& pool) {
  const int32_t output = of.program.output;
  const agon::Session cpu(of.program, pool);
  auto x = spread(static_cast<size_t>(examples * cpu.sizeOf(0)), of.range, random);
  for (auto& value : x) value += of.offset;
  const auto dense = normal(static_cast<size_t>(count * examples * cpu.sizeOf(output)), random);
  Line line("operator");
  line.text("name", of.name);
  try {
    const agon::cuda::Session gpu(of.program, 0);
    const double values = relativeError(valuesOf(gpu, x, output), valuesOf(cpu, x, output), 1);
    const double cotangents = relativeError(cotangentsOf(gpu, x, dense), cotangentsOf(cpu, x, dense), 1);
    const bool pass = values < limit && cotangents < limit;
    line.number("values", values).number("cotangents", cotangents).flag("pass", pass).print();
    return pass;
  } catch (const agon::Error& error) {
    line.text("error", error.what()).flag("pass", false).print();
    return false;
  }
}

}  // namespace

bool compareKinds() {
  Random random(1);
  const auto pool = agon::createPool(2);
  auto cases = kindCases(random);
  for (const auto activation : {agon::Function::Relu, agon::Function::Softplus}) {
    const bool sharp = activation == agon::Function::Relu;
    const agon::Program net = smallNet(20, random, activation);
    cases.push_back({sharp ? "small net" : "small net, smooth", net});
    cases.push_back({sharp ? "small net, steered" : "small net, smooth, steered", steered(net)});
  }
  bool pass = true;
  for (const Case& of : cases) pass = compareCase(of, random, pool) && pass;
  return pass;
}

}  // namespace bench
