// A contest is the fold of the labels' own maps, bit for bit and for any chunks, and within rounding that of the CPU.
#include <agon/cuda-session.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

#include "cuda-check.h"

namespace {

constexpr int examples = 2, channels = 3, pixels = 144;
constexpr int64_t inputSize = channels * pixels;

struct Result {
  std::vector<float> best, runnerUp, worst, runnerDown, maps;
  std::vector<int32_t> bestLabel, worstLabel;
  Result(int64_t size, int64_t kept)
      : best(size, -INFINITY), runnerUp(best), worst(size, INFINITY), runnerDown(worst), maps(kept * size), bestLabel(size, -1), worstLabel(bestLabel) {}
  agon::ContestArrays arrays() {
    return {best.data(), runnerUp.data(), worst.data(), runnerDown.data(), bestLabel.data(), worstLabel.data(), maps.data()};
  }
  bool operator==(const Result& other) const {
    const auto same = [](const auto& a, const auto& b) { return a.empty() || std::memcmp(a.data(), b.data(), a.size() * 4) == 0; };
    return same(best, other.best) && same(runnerUp, other.runnerUp) && same(worst, other.worst) && same(runnerDown, other.runnerDown) &&
           same(maps, other.maps) && bestLabel == other.bestLabel && worstLabel == other.worstLabel;
  }
  /// The plain fold: labels one by one in order.
  void fold(int64_t at, float value, int32_t label) {
    if (value > best[at]) {
      runnerUp[at] = best[at];
      best[at] = value;
      bestLabel[at] = label;
    } else if (value > runnerUp[at]) {
      runnerUp[at] = value;
    }
    if (value < worst[at]) {
      runnerDown[at] = worst[at];
      worst[at] = value;
      worstLabel[at] = label;
    } else if (value < runnerDown[at]) {
      runnerDown[at] = value;
    }
  }
};

int64_t mapSizeOf(const agon::ContestRequest& request) { return request.sum ? pixels : inputSize; }

template <class Session>
Result contestOf(const Session& session, const std::vector<float>& x, const agon::ContestRequest& request, const agon::Control& control) {
  Result result(examples * mapSizeOf(request), request.mapCount);
  session.contest(x.data(), examples, request, result.arrays(), control);
  return result;
}

/// The fold of maps that are made one after the other.
Result foldOf(const agon::cuda::Session& session, const std::vector<float>& x, const agon::ContestRequest& request) {
  std::vector<float> gradients(request.seeds.count * examples * inputSize);
  session.vjp(x.data(), examples, request.seeds, 0, gradients.data(), {});
  const int64_t size = mapSizeOf(request);
  Result r(examples * size, request.mapCount);
  for (int64_t n = 0; n < examples; n++)
    for (int64_t l = 0; l < request.seeds.count; l++)
      for (int64_t i = 0; i < size; i++) {
        float value = 0;
        for (int64_t c = 0; c < (request.sum ? channels : 1); c++) {
          const int64_t e = c * pixels + i;
          const float product = gradients[(l * examples + n) * inputSize + e] * (request.factor ? request.factor[n * inputSize + e] : 1.0f);
          value = request.sum ? value + product : product;
        }
        const int32_t label = request.seeds.labels[n * request.seeds.count + l];
        r.fold(n * size + i, value, label);
        for (int64_t m = 0; m < request.mapCount; m++)
          if (request.mapLabels[n * request.mapCount + m] == label) r.maps[(m * examples + n) * size + i] = value;
      }
  return r;
}

/// The same within rounding, and the same labels where they do not depend on it.
void compareResults(const Result& found, const Result& expected, const std::string& what) {
  double scale = 1e-3, worst = 0;
  for (size_t i = 0; i < expected.best.size(); i++)
    scale = std::max({scale, std::fabs(static_cast<double>(expected.best[i])), std::fabs(static_cast<double>(expected.worst[i]))});
  for (const auto part : {&Result::best, &Result::runnerUp, &Result::worst, &Result::runnerDown, &Result::maps}) {
    for (size_t i = 0; i < (expected.*part).size(); i++) {
      const float a = (found.*part)[i], b = (expected.*part)[i];
      const double apart = a == b ? 0 : std::fabs(static_cast<double>(a) - b) / scale;
      worst = apart <= worst ? worst : apart;  // NaN is worst
    }
  }
  check::that(worst < 2e-5, what + ": extremes differ from the CPU's by " + std::to_string(worst));
  int64_t others = 0;
  for (size_t i = 0; i < expected.best.size(); i++) {
    others += found.bestLabel[i] != expected.bestLabel[i] && expected.best[i] - expected.runnerUp[i] > 1e-4 * scale;
    others += found.worstLabel[i] != expected.worstLabel[i] && expected.runnerDown[i] - expected.worst[i] > 1e-4 * scale;
  }
  check::that(others == 0, what + ": " + std::to_string(others) + " labels differ from the CPU's");
}

/// Maxima, activations, a concat and sums of some of the features per label: [3, 12, 12] -> `labels`.
agon::Program windowNet(int labels, Random& random) {
  Builder b(inputSize);
  const int32_t left = b.maxPool(b.unary(agon::Function::Tanh, 0), channels, 12, 3, 2);
  const int32_t right = b.unary(agon::Function::Relu, b.sumPool(0, channels, 12, 2, 1));
  std::vector<int32_t> first(b.size(left)), second(b.size(right));
  std::iota(first.begin(), first.end(), 0);
  std::iota(second.begin(), second.end(), static_cast<int32_t>(first.size()));
  const int32_t all = static_cast<int32_t>(first.size() + second.size());
  const int32_t features = b.add(agon::Kind::Concat, {left, right}, all, {}, {}, {first, second});
  std::vector<std::vector<int32_t>> windows(labels);
  for (auto& window : windows)
    for (int k = 0; k < 90; k++) window.push_back(static_cast<int32_t>(random() % static_cast<uint32_t>(all)));
  return b.finish(b.sumWindows(features, 1, all, windows, normal(static_cast<size_t>(labels) * 90, random)));
}

/// Sessions of one program, an input, and labels in an order of their own per example.
struct Arena {
  agon::Session cpu;
  agon::cuda::Session gpu;
  std::vector<float> x;
  std::vector<int32_t> competing, kept;

  Arena(const agon::Program& program, int labels, Random& random) : cpu(program, agon::createPool(1)), gpu(program, 0), x(normal(examples * inputSize, random)) {
    for (int n = 0; n < examples; n++)
      for (int l = 0; l < labels; l++) competing.push_back((l * 37 + n) % labels);
    kept = {labels - 1, 0, labels - 1, labels / 2, labels / 2, labels - 1};  // three per example, of which two may be one label
  }
};

/// Returns how many of some budgets split the labels; none may change a bit.
int testBudgets(const Arena& arena, const agon::ContestRequest& request, const Result& whole, const std::string& what) {
  int split = 0;
  for (const int64_t memory : {int64_t{1} << 15, int64_t{200000}, int64_t{1500000}}) {
    int64_t chunks = 0, last = 0;
    agon::Control control;
    control.memory = memory;
    control.progress = [&](int64_t done, int64_t total) {
      check::that(done > last && done <= total && total == examples * request.seeds.count, what + ": progress grows");
      last = done;
      chunks++;
    };
    const auto code = check::codeOf([&] { check::that(contestOf(arena.gpu, arena.x, request, control) == whole, what + ": chunks change nothing"); });
    check::that(code.empty() || code == "AGON_OUT_OF_BUDGET", what + ": " + code);
    split += code.empty() && chunks > examples;
  }
  return split;
}

void testVariants(const std::string& name, const agon::Program& program, int labels, Random& random) {
  const Arena arena(program, labels, random);
  const agon::SummedAxis axis{1, channels, pixels};
  int split = 0;
  for (const int variant : {0, 1, 2, 3}) {
    const std::string what = name + " of " + std::to_string(labels) + " labels, variant " + std::to_string(variant);
    agon::ContestRequest request;
    request.seeds = {labels, nullptr, arena.competing.data(), variant == 3};
    request.factor = variant & 1 ? arena.x.data() : nullptr;
    request.sum = variant & 2 ? &axis : nullptr;
    request.mapLabels = arena.kept.data();
    request.mapCount = 3;
    const Result whole = contestOf(arena.gpu, arena.x, request, {});
    check::that(whole == foldOf(arena.gpu, arena.x, request), what + ": the fold of the maps");
    compareResults(whole, contestOf(arena.cpu, arena.x, request, {}), what);
    if (variant == 0 || variant == 3) split += testBudgets(arena, request, whole, what);
  }
  if (labels > 5) check::that(split > 0, name + " of " + std::to_string(labels) + " labels: no budget split them");
}

/// Labels that are all the same: the first in their order has everything, and nobody leads.
void testTies() {
  constexpr int labels = 40;
  Builder b(inputSize);
  const agon::cuda::Session gpu(b.finish(b.sumWindows(0, 1, inputSize, std::vector<std::vector<int32_t>>(labels, {0, 1, 40}), {})), 0);
  const std::vector<float> x(examples * inputSize, 1.0f);
  std::vector<int32_t> competing;
  for (int i = 0; i < examples * labels; i++) competing.push_back((i * 3 + 7 + i / labels) % labels);
  agon::ContestRequest request;
  request.seeds = {labels, nullptr, competing.data(), false};
  for (const int64_t memory : {int64_t{0}, int64_t{30000}}) {
    agon::Control control;
    control.memory = memory;
    const Result found = contestOf(gpu, x, request, control);
    for (int n = 0; n < examples; n++) {
      const auto isFirst = [&](const std::vector<int32_t>& owners) {
        return std::all_of(owners.begin() + n * inputSize, owners.begin() + (n + 1) * inputSize, [&](int32_t l) { return l == competing[n * labels]; });
      };
      check::that(isFirst(found.bestLabel) && isFirst(found.worstLabel), "ties go to the first label");
    }
    check::that(found.best == found.runnerUp && found.worst == found.runnerDown && found.best == found.worst && found.best[40] == 1 && found.best[41] == 0,
                "ties have no margin");
  }
}

/// Labels 40 and 41 overflow, and a factor of the second example is no number.
void testNotFinite() {
  constexpr int labels = 70;
  Builder b(inputSize);
  const int32_t large = b.sumWindows(0, inputSize, 1, {{0}}, {1e30f});
  std::vector<float> weights(labels, 1.0f);
  weights[40] = weights[41] = 1e30f;
  const agon::cuda::Session gpu(b.finish(b.sumWindows(large, 1, inputSize, std::vector<std::vector<int32_t>>(labels, {3}), weights)), 0);
  std::vector<float> factor(examples * inputSize, 1.0f);
  factor[inputSize + 7] = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> x(examples * inputSize, 0.0f);
  const auto whatOf = [&](const std::vector<int32_t>& competing, int64_t memory) {
    agon::ContestRequest request;
    request.seeds = {static_cast<int64_t>(competing.size()) / examples, nullptr, competing.data(), false};
    request.factor = factor.data();
    agon::Control control;
    control.memory = memory;
    try {
      contestOf(gpu, x, request, control);
    } catch (const agon::Error& error) {
      return error.code() + " " + error.what();
    }
    return std::string("nothing");
  };
  std::vector<int32_t> all(examples * labels);
  for (int i = 0; i < examples * labels; i++) all[i] = labels - 1 - i % labels;
  for (const int64_t memory : {int64_t{0}, int64_t{100000}}) {
    const std::string what = whatOf(all, memory);
    check::that(what.find("AGON_NOT_FINITE map of label 41 for example 0") == 0, "the first label whose map is not finite is named: " + what);
    const std::string second = whatOf({5, 6, 9, 8}, memory);
    check::that(second.find("AGON_NOT_FINITE map of label 9 for example 1") == 0, "the example whose map is not finite is named: " + second);
  }
}

}  // namespace

void testContestsAgainstCpu() {
  Random random(11);
  for (const int labels : {1, 5, 33, 70}) {
    try {
      testVariants("windows", windowNet(labels, random), labels, random);
      testVariants("net", smallNet(labels, random), labels, random);
    } catch (const agon::Error& error) {
      check::that(false, "contest of " + std::to_string(labels) + " labels: " + error.what());
    }
  }
  testTies();
  testNotFinite();
}
