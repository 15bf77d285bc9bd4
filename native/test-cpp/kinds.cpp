// Every kind of instruction: its VJP against central differences of its forward pass.
#include <algorithm>
#include <cmath>

#include "check.h"

namespace {

std::vector<float> runForward(const agon::Session& session, const std::vector<float>& x, int32_t output) {
  std::vector<float> y(session.sizeOf(output));
  session.forward(x.data(), 1, output, y.data());
  return y;
}

/// Derivatives of cotangent . f by central differences.
std::vector<double> differences(const agon::Session& session, std::vector<float> x, int32_t output, const std::vector<float>& cotangent,
                                float step) {
  std::vector<double> slope(x.size());
  for (size_t i = 0; i < x.size(); i++) {
    const float at = x[i];
    const float above = at + step, below = at - step;
    x[i] = above;
    const auto high = runForward(session, x, output);
    x[i] = below;
    const auto low = runForward(session, x, output);
    x[i] = at;
    double sum = 0;
    for (size_t e = 0; e < high.size(); e++) sum += static_cast<double>(cotangent[e]) * (static_cast<double>(high[e]) - low[e]);
    slope[i] = sum / (static_cast<double>(above) - below);
  }
  return slope;
}

void testCase(const Case& of, Random& random, const std::shared_ptr<agon::Pool>& pool) {
  const int32_t output = of.program.output;
  const agon::Session session(of.program, pool);
  auto x = spread(session.sizeOf(0), of.range, random);
  for (auto& value : x) value += of.offset;
  constexpr int64_t count = 3;
  const size_t outputs = session.sizeOf(output);
  auto cotangents = normal(count * outputs, random);
  for (size_t e = 0; e < outputs; e += 3) cotangents[outputs + e] = 0;  // rows that only some labels have
  std::vector<float> gradients(count * x.size());
  agon::Seeds seeds;
  seeds.count = count;
  seeds.dense = cotangents.data();
  session.vjp(x.data(), 1, seeds, 0, gradients.data());
  for (int64_t l = 0; l < count; l++) {
    const auto expected = differences(session, x, output, {cotangents.begin() + l * outputs, cotangents.begin() + (l + 1) * outputs}, of.step);
    double scale = 1, worst = 0;
    for (size_t i = 0; i < x.size(); i++) scale = std::max(scale, std::fabs(expected[i]));
    for (size_t i = 0; i < x.size(); i++) worst = std::max(worst, std::fabs(expected[i] - static_cast<double>(gradients[l * x.size() + i])));
    check::that(worst < 2e-3 * scale, of.name + ": label " + std::to_string(l) + " differs by " + std::to_string(worst) + " of " + std::to_string(scale));
  }
}

}  // namespace

void testKinds() {
  Random random(1);
  const auto pool = agon::createPool(2);
  for (const Case& of : kindCases(random)) testCase(of, random, pool);
  testCase({"smooth net", smallNet(20, random, agon::Function::Softplus), 2, 0, 2e-2f}, random, pool);
}
