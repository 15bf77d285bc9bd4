// Backward passes on a forward pass that was made elsewhere.
#include "against-cpu.h"

namespace {

constexpr int64_t labels = 20, inputSize = 3 * 144, examples = 2;

/// One label per example.
const std::vector<int32_t> chosen = {7, 12};
const agon::Seeds seeds{1, nullptr, chosen.data()};

/// A contest of one label: its map.
std::vector<float> contestOf(const agon::cuda::Session& session, const std::vector<float>& x) {
  std::vector<float> maps(4 * x.size());
  std::vector<int32_t> winners(2 * x.size());
  const auto map = [&](size_t i) { return maps.data() + i * x.size(); };
  session.contest(x.data(), examples, {seeds}, {map(0), map(1), map(2), map(3), winners.data(), winners.data() + x.size(), nullptr}, {});
  return {map(0), map(1)};
}

void testPinned(const agon::Program& net, Random& random) {
  const agon::Session cpu(net, agon::createPool(1));
  agon::cuda::Session gpu(net, 0);
  const auto here = normal(examples * inputSize, random);
  const auto once = normal(inputSize, random);
  auto elsewhere = once;
  elsewhere.insert(elsewhere.end(), once.begin(), once.end());
  const auto own = vjp(gpu, here, examples, seeds, {});

  gpu.pin(everyValue(cpu, net, once.data()));
  compare(forward(gpu, here, examples, net.output), forward(cpu, elsewhere, examples, net.output), "pinned logits");
  const auto expected = vjp(cpu, elsewhere, examples, seeds, {});
  compare(vjp(gpu, here, examples, seeds, {}), expected, "cotangents at pinned values");
  compare(contestOf(gpu, here), expected, "a contest at pinned values");

  gpu.pin({});
  check::that(vjp(gpu, here, examples, seeds, {}) == own, "without pinned values: the session's own again");
}

void testRefused(const agon::Program& net) {
  agon::cuda::Session gpu(net, 0);
  std::vector<std::vector<float>> wrong(net.values.size());
  wrong[net.output].resize(labels + 1);
  check::that(check::codeOf([&] { gpu.pin(wrong); }) == "AGON_BAD_INPUT", "pinned values of another size are refused");
  check::that(check::codeOf([&] { gpu.pin({{1}}); }) == "AGON_BAD_INPUT", "too few pinned values are refused");
}

}  // namespace

void testPin() {
  try {
    Random random(61);
    const agon::Program net = smallNet(labels, random);
    testPinned(net, random);
    testRefused(net);
  } catch (const agon::Error& error) {
    check::that(false, std::string("pin: ") + error.what());
  }
}
