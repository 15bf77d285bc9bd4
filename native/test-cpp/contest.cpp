// A contest is the fold of the labels' own maps, bit for bit.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

#include "../src/meeting-path.h"
#include "check.h"

namespace {

constexpr int contestLabels = 70, examples = 2, channels = 3, pixels = 144;
constexpr int64_t inputSize = channels * pixels;

struct Result {
  std::vector<float> best, runnerUp, worst, runnerDown, maps;
  std::vector<int32_t> bestLabel, worstLabel;
  /// Holds what no contest yields: all of it must be written.
  Result(int64_t size, int64_t kept)
      : best(size, 1e30f), runnerUp(size, 1e30f), worst(size, -1e30f), runnerDown(size, -1e30f), maps(kept * size, 1e30f), bestLabel(size, -2), worstLabel(size, -2) {}
  agon::ContestArrays arrays() {
    return {best.data(), runnerUp.data(), worst.data(), runnerDown.data(), bestLabel.data(), worstLabel.data(), maps.data()};
  }
  bool operator==(const Result& other) const {
    const auto same = [](const auto& a, const auto& b) { return std::memcmp(a.data(), b.data(), a.size() * 4) == 0; };
    return same(best, other.best) && same(runnerUp, other.runnerUp) && same(worst, other.worst) && same(runnerDown, other.runnerDown) &&
           same(maps, other.maps) && bestLabel == other.bestLabel && worstLabel == other.worstLabel;
  }
};

/// The plain fold: labels one by one in order.
void foldPlainly(Result& r, int64_t at, float value, int32_t label) {
  if (value > r.best[at]) {
    r.runnerUp[at] = r.best[at];
    r.best[at] = value;
    r.bestLabel[at] = label;
  } else if (value > r.runnerUp[at]) {
    r.runnerUp[at] = value;
  }
  if (value < r.worst[at]) {
    r.runnerDown[at] = r.worst[at];
    r.worst[at] = value;
    r.worstLabel[at] = label;
  } else if (value < r.runnerDown[at]) {
    r.runnerDown[at] = value;
  }
}

Result expectedOf(const agon::Session& session, const std::vector<float>& x, const agon::ContestRequest& request) {
  std::vector<float> gradients(request.seeds.count * examples * inputSize);
  session.vjp(x.data(), examples, request.seeds, 0, gradients.data());
  const int64_t size = request.sum ? pixels : inputSize;
  Result r(examples * size, request.mapCount);
  session.contest(x.data(), examples, {{0, nullptr, nullptr, false}, -1, nullptr, request.sum, nullptr, 0}, r.arrays());  // no label: cleared
  for (int64_t n = 0; n < examples; n++)
    for (int64_t l = 0; l < request.seeds.count; l++)
      for (int64_t i = 0; i < size; i++) {
        float value = 0;
        for (int64_t c = 0; c < (request.sum ? channels : 1); c++) {
          const int64_t e = c * pixels * (request.sum != nullptr) + i;
          const float product = gradients[(l * examples + n) * inputSize + e] * (request.factor ? request.factor[n * inputSize + e] : 1.0f);
          value = request.sum ? value + product : product;
        }
        const int32_t label = request.seeds.labels[n * request.seeds.count + l];
        foldPlainly(r, n * size + i, value, label);
        for (int64_t m = 0; m < request.mapCount; m++)
          if (request.mapLabels[n * request.mapCount + m] == label) r.maps[(m * examples + n) * size + i] = value;
      }
  return r;
}

void testNotFinite() {
  Builder b(2);  // label 1's gradient overflows
  const int32_t scale = b.constant({1e30f, 1e30f}), shift = b.constant({0, 0}), w = b.constant({1, 2, 1e20f, 3});
  const int32_t y = b.add(agon::Kind::Affine, {0, scale, shift}, 2, {}, {}, {{0, 1}});
  const agon::Session session(b.finish(b.add(agon::Kind::MatMul, {y, w}, 2, {1, 1, 2, 2, 0, 1}, {1, 0}, {{0}, {0}})), agon::createPool(1));
  const std::vector<float> x{1, 0};
  const std::vector<int32_t> both{0, 1};
  Result r(2, 0);
  std::string what;
  try {
    session.contest(x.data(), 1, {{2, nullptr, both.data(), false}, -1, nullptr, nullptr, nullptr, 0}, r.arrays());
  } catch (const agon::Error& error) {
    what = error.code() + " " + error.what();
  }
  check::that(what.find("AGON_NOT_FINITE") == 0 && what.find("label 1 for example 0") != std::string::npos, "a map that is not finite is named: " + what);
}

float worstDifference(const std::vector<float>& a, const std::vector<float>& b) {
  float worst = 0, largest = 0;
  for (size_t i = 0; i < a.size(); i++) {
    worst = std::max(worst, std::fabs(a[i] - b[i]));
    largest = std::max(largest, std::fabs(b[i]));
  }
  return worst / largest;
}

/// Neighbouring cells become one as long as it is not too wide; every element stays, in order.
void testJoined() {
  const agon::Cells cells{{0}, {1, 2}, {3}, {4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}, {17, 18, 19, 20}, {21}};
  check::that(agon::joined(cells, 1) == cells, "cells joined one by one stay as they are");
  const agon::Cells pairs{{0, 1, 2}, {3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}, {17, 18, 19, 20, 21}};
  check::that(agon::joined(cells, 2) == pairs, "cells joined two by two");
  const agon::Cells wide{{0, 1, 2, 3}, {4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}, {17, 18, 19, 20, 21}};
  check::that(agon::joined(cells, 4) == wide, "no cell is wider than " + std::to_string(agon::mostWidth));
}

/// Tangents that meet the cotangents give the maps of the whole pass within rounding, and the same bits for any number of threads and chunks.
void testMeeting(const agon::Program& program, const std::vector<float>& x, const agon::ContestRequest& request, const Result& whole) {
  const int64_t size = static_cast<int64_t>(whole.best.size());
  const agon::Session one(program, agon::createPool(1)), many(program, agon::createPool(3));
  for (const agon::Choice waist : {agon::Choice::Never, agon::Choice::Always}) {
    agon::Trace trace;
    agon::Control control;
    control.meet = agon::Choice::Always;
    control.waist = waist;
    control.trace = &trace;
    Result found(size, 2), again(size, 2);
    one.contest(x.data(), examples, request, found.arrays(), control);
    control.memory = 1 << 20;
    many.contest(x.data(), examples, request, again.arrays(), control);
    check::that(trace.steps[0].way == agon::Way::Meet, "there is a meeting");
    check::that(found == again, "a meeting has the same bits for threads and chunks");
    for (const auto part : {&Result::best, &Result::runnerUp, &Result::worst, &Result::runnerDown, &Result::maps}) {
      const float worst = worstDifference(found.*part, whole.*part);
      check::that(worst < 1e-5f, "a meeting is off by " + std::to_string(worst));
    }
  }
}

/// 16 labels that read half of the channels of a stem, and 48 behind a wide layer over all of them: chunks of 16 labels differ in what is alive, and in
/// the memory that they need.
agon::Program unevenNet(Random& random) {
  Builder b(inputSize);
  const auto meanOf = [&](int32_t x, int planes) {
    std::vector<int32_t> all(pixels);
    std::iota(all.begin(), all.end(), 0);
    return b.sumWindows(x, planes, pixels, {all}, std::vector<float>(pixels, 1.0f / pixels));
  };
  const int32_t stem = b.unary(agon::Function::Relu, b.conv(0, 3, 12, 8, 3, 1, 1, 1, random));
  std::vector<int32_t> half(4 * pixels), few(16), many(48);
  std::iota(half.begin(), half.end(), 0);
  std::iota(few.begin(), few.end(), 0);
  std::iota(many.begin(), many.end(), 16);
  const int32_t part = b.add(agon::Kind::Gather, {stem}, 4 * pixels, {}, {0}, {half});
  const int32_t narrow = meanOf(b.conv(part, 4, 12, 16, 1, 1, 0, 1, random), 16);
  const int32_t wide = b.unary(agon::Function::Relu, b.conv(stem, 8, 12, 40, 3, 1, 1, 1, random));
  const int32_t rest = meanOf(b.conv(wide, 40, 12, 48, 1, 1, 0, 1, random), 48);
  return b.finish(b.add(agon::Kind::Concat, {narrow, rest}, 64, {}, {}, {few, many}));
}

/// Budgets of every size: with a meeting, without one, and where one is given up after the first chunk, the maps are those of the whole pass.
void testUnevenChunks(Random& random) {
  const agon::Session session(unevenNet(random), agon::createPool(1));
  const auto x = normal(inputSize, random);
  std::vector<int32_t> competing(64);
  std::iota(competing.begin(), competing.end(), 0);
  const agon::SummedAxis axis{1, channels, pixels};
  agon::ContestRequest request;
  request.seeds = {64, nullptr, competing.data(), false};
  request.factor = x.data();
  request.sum = &axis;
  agon::Control control;
  control.meet = agon::Choice::Never;
  Result whole(pixels, 0);
  session.contest(x.data(), 1, request, whole.arrays(), control);
  control.meet = agon::Choice::Always;
  int with = 0, without = 0;
  for (int64_t memory = 100000; memory < 1500000; memory += 10000) {
    control.memory = memory;
    agon::Trace trace;
    control.trace = &trace;
    Result found(pixels, 0);
    const auto code = check::codeOf([&] { session.contest(x.data(), 1, request, found.arrays(), control); });
    if (code == "AGON_OUT_OF_BUDGET") continue;
    (trace.steps[0].way == agon::Way::Meet ? with : without)++;
    for (const auto part : {&Result::best, &Result::runnerUp, &Result::worst, &Result::runnerDown}) {
      const float worst = worstDifference(found.*part, whole.*part);
      check::that(worst < 1e-5f, "uneven chunks within " + std::to_string(memory) + " bytes are off by " + std::to_string(worst));
    }
  }
  check::that(with > 0 && without > 0, "budgets with and without a meeting: " + std::to_string(with) + ", " + std::to_string(without));
}

}  // namespace

void testContest() {
  Random random(3);
  const agon::Program program = smallNet(contestLabels, random);
  const agon::Session session(program, agon::createPool(3));
  const auto x = normal(examples * inputSize, random);
  std::vector<int32_t> competing(examples * contestLabels);
  for (int i = 0; i < examples * contestLabels; i++) competing[i] = (i * 37 + i / contestLabels) % contestLabels;
  const std::vector<int32_t> kept{5, 69, 0, 69};
  const agon::SummedAxis axis{1, channels, pixels};
  for (const int variant : {0, 1, 2, 3, 4, 5, 6, 7}) {
    agon::ContestRequest request;
    request.seeds = {contestLabels, nullptr, competing.data(), (variant & 4) != 0};
    request.factor = variant & 1 ? x.data() : nullptr;
    request.sum = variant & 2 ? &axis : nullptr;
    request.mapLabels = kept.data();
    request.mapCount = 2;
    const Result expected = expectedOf(session, x, request);
    Result found(static_cast<int64_t>(expected.best.size()), 2);
    int64_t last = 0;
    agon::Control control;
    control.memory = 3 << 20;
    control.progress = [&](int64_t done, int64_t total) {
      check::that(done > last && total == examples * contestLabels, "progress grows");
      last = done;
    };
    session.contest(x.data(), examples, request, found.arrays(), control);
    check::that(found == expected, "contest variant " + std::to_string(variant) + " is the fold of the maps");
    check::that(last == examples * contestLabels, "progress ends at the total");
    if (request.sum) testMeeting(program, x, request, expected);
    control.progress = nullptr;
    control.memory = 1000;
    const auto run = [&] { session.contest(x.data(), examples, request, found.arrays(), control); };
    check::that(check::codeOf(run) == "AGON_OUT_OF_BUDGET", "a budget that is too small is refused");
    control.atMost = 3 << 20;
    check::that(check::codeOf(run).empty() && found == expected, "a chunk may take more than the budget where that is allowed");
  }
  testJoined();
  testNotFinite();
  testUnevenChunks(random);
}
