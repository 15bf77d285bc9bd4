// A contest through a waist has the maps of the whole pass within rounding, the same bits for any chunks, and is found where it saves most.
#include <agon/cuda-session.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

#include "../src/waist.h"
#include "cuda-check.h"

namespace {

constexpr int labels = 150, units = 24, pixels = 150, channels = 20, inputs = pixels * channels, kept = 2, examples = 2;

/// Sums over all of x with random weights.
int32_t dense(Builder& b, int32_t x, int outputs, Random& random) {
  const int size = static_cast<int>(b.size(x));
  std::vector<int32_t> all(size);
  std::iota(all.begin(), all.end(), 0);
  auto weights = normal(static_cast<size_t>(size) * outputs, random);
  for (auto& weight : weights) weight /= std::sqrt(static_cast<float>(size));
  return b.sumWindows(x, 1, size, std::vector<std::vector<int32_t>>(outputs, all), weights);
}

/// [channels, pixels] -> units, of which Relu leaves some -> labels. `narrow` is the value of the units behind Relu.
agon::Program narrowNet(Random& random, bool rectifies, int32_t* narrow = nullptr) {
  Builder b(inputs);
  int32_t x = b.unary(agon::Function::Softplus, 0);
  if (rectifies) x = b.add(agon::Kind::Rectify, {x}, inputs);
  x = b.unary(agon::Function::Relu, dense(b, x, units, random));
  if (narrow) *narrow = x;
  return b.finish(dense(b, b.unary(agon::Function::Tanh, x), labels, random));
}

struct Result {
  std::vector<float> best, runnerUp, worst, runnerDown, maps;
  std::vector<int32_t> bestLabel, worstLabel;
  Result() : best(pixels * examples), runnerUp(best), worst(best), runnerDown(best), maps(kept * best.size()), bestLabel(best.size()), worstLabel(bestLabel) {}
  agon::ContestArrays arrays() {
    return {best.data(), runnerUp.data(), worst.data(), runnerDown.data(), bestLabel.data(), worstLabel.data(), maps.data()};
  }
  bool operator==(const Result& other) const {
    return best == other.best && runnerUp == other.runnerUp && worst == other.worst && runnerDown == other.runnerDown && maps == other.maps &&
           bestLabel == other.bestLabel && worstLabel == other.worstLabel;
  }
  /// Largest difference of the numbers, over the largest number; NaN is 1.
  double apart(const Result& other) const {
    double apart = 0, largest = 0;
    for (const auto part : {&Result::best, &Result::runnerUp, &Result::worst, &Result::runnerDown, &Result::maps}) {
      for (size_t i = 0; i < (this->*part).size(); i++) {
        const double difference = std::fabs(static_cast<double>((this->*part)[i]) - (other.*part)[i]);
        apart = difference <= apart ? apart : difference > apart ? difference : 1e30;
        largest = std::max(largest, std::fabs(static_cast<double>((other.*part)[i])));
      }
    }
    return apart / largest;
  }
};

/// One net, its pictures, and a contest of all labels over pixels: gradient times input.
struct Contest {
  explicit Contest(bool rectifies) : x(normal(examples * inputs, random)), program(narrowNet(random, rectifies)) {
    for (int n = 0; n < examples; n++)
      for (int l = 0; l < labels; l++) own.push_back((l * 7 + n) % labels);
  }
  template <class Session>
  Result run(const Session& session, agon::Choice waist, int64_t memory, std::vector<int64_t>* told = nullptr) const {
    Result result;
    agon::Control control;
    control.waist = waist;
    control.meet = control.batch = agon::Choice::Never;
    control.memory = memory;
    if (told) control.progress = [told](int64_t done, int64_t) { told->push_back(done); };
    session.contest(x.data(), examples, {{labels, nullptr, own.data()}, -1, x.data(), &axis, mapLabels, kept}, result.arrays(), control);
    return result;
  }

  Random random{21};
  const agon::SummedAxis axis{1, channels, pixels};
  const int32_t mapLabels[kept * examples] = {3, labels - 1, 0, 77};
  const std::vector<float> x;
  const agon::Program program;
  std::vector<int32_t> own;
};

constexpr int64_t plenty = int64_t{64} << 20;

void testMaps() {
  const Contest contest(false);
  const agon::cuda::Session gpu(contest.program, 0);
  const Result plain = contest.run(gpu, agon::Choice::Never, plenty);
  const double cpu = plain.apart(contest.run(agon::Session(contest.program, agon::createPool(1)), agon::Choice::Never, plenty));
  check::that(cpu < 2e-5, "a plain contest is off the CPU's by " + std::to_string(cpu));
  std::vector<int64_t> told;
  const Result through = contest.run(gpu, agon::Choice::Always, plenty, &told);
  check::that(through.apart(plain) < 1e-5, "a contest through a waist is off by " + std::to_string(through.apart(plain)));
  check::that(!(through == plain), "there is a waist: sums are rounded otherwise");
  check::that(std::is_sorted(told.begin(), told.end()) && told.size() > 4 && told.back() == labels * examples, "progress goes on to the end");
  for (const int64_t memory : {int64_t{0}, int64_t{1} << 20, int64_t{300} << 10})
    check::that(contest.run(gpu, agon::Choice::Always, memory) == through, "a waist has the same bits in " + std::to_string(memory) + " bytes");
  check::that(contest.run(gpu, agon::Choice::Always, 100 << 10) == plain, "without the memory of the units' maps, labels are carried");
  check::that(contest.run(gpu, agon::Choice::Auto, plenty) == plain, "a small pass has no waist");
}

void testRectified() {
  const Contest contest(true);
  const agon::cuda::Session gpu(contest.program, 0);
  check::that(contest.run(gpu, agon::Choice::Always, plenty) == contest.run(gpu, agon::Choice::Never, plenty), "no waist above a Rectify");
}

/// The counts alone, of a pass that is large enough.
void testFinding() {
  Random random(22);
  int32_t narrow = 0;
  agon::cuda::Device device(0);
  const agon::cuda::Graph graph = agon::cuda::prepare(narrowNet(random, false, &narrow), device);
  agon::cuda::Frame frame = agon::cuda::makeFrame(graph, device, 1);
  const auto x = normal(inputs, random);
  agon::cuda::runForward(frame, x.data(), graph.output, nullptr);
  agon::cuda::linearize(frame, 0, nullptr);
  const auto find = [&](int64_t count, agon::Choice choice, int64_t mapSize = pixels) {
    agon::Control control;
    control.waist = choice;
    return agon::cuda::findWaist(frame, 0, count, mapSize, control);
  };
  const auto found = find(100000, agon::Choice::Auto);
  // The input of the last windows: the labels go through these alone, and of Relu's units those that it leaves.
  check::that(found && found->value == narrow + 1, "the waist is before the last windows: " + std::to_string(found ? found->value : -1));
  const std::vector<float> values = [&] {
    std::vector<float> all(units);
    device.download(all.data(), frame.view(narrow).data, units * 4);
    return all;
  }();
  std::vector<int32_t> alive;
  for (int32_t u = 0; u < units; u++)
    if (values[u] > 0) alive.push_back(u);
  check::that(alive.size() < units && alive.size() > 2 && found && found->units == static_cast<int64_t>(alive.size()), "its units are those that Relu leaves");
  check::that(!find(100000, agon::Choice::Never), "no waist where there must be none");
  check::that(!find(16, agon::Choice::Auto), "no waist for few labels");
  check::that(!find(100000, agon::Choice::Auto, int64_t{1} << 20), "no waist whose combination costs more than it saves");
  check::that(!find(2, agon::Choice::Always), "no waist with more units than labels");
}

}  // namespace

void testWaist() {
  const auto run = [](const char* name, void (*test)()) {
    try {
      test();
    } catch (const agon::Error& error) {
      check::that(false, std::string(name) + ": " + error.what());
    }
  };
  run("waist", testMaps);
  run("rectified waist", testRectified);
  run("finding a waist", testFinding);
}
