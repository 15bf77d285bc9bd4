// A model on the GPU against the core for CPUs on the same machine, and both against what the pack holds. Logits are of each core's own forward pass.
// Cotangents, maps and decisions are of one forward pass, the CPU's: two passes that differ in the last bits put some inputs of a Relu on either side of 0,
// where the derivative jumps.
#include <agon/cuda-session.h>

#include "check.h"
#include "compare.h"
#include "line.h"
#include "net.h"

namespace bench {

namespace {

/// Labels whose cotangents are compared, at most.
constexpr int64_t gradientLabels = 8;
/// A runner-up nearer than this share of the largest number of a map makes a tie: two labels that are wrong by no more than the limit may change places.
constexpr double tie = 2 * limit;

struct Answers {
  std::vector<float> logits, gradients;
  Contest contest;
};

template <class Session>
Answers answersOf(const Session& session, const Net& net, std::vector<float> logits, agon::Precision precision) {
  agon::Control control;
  control.memory = 0;
  control.precision = precision;
  // Every label goes down to the input, as on the GPU.
  control.waist = control.meet = agon::Choice::Never;
  if constexpr (std::is_same_v<Session, agon::Session>) control.memory = int64_t{1} << 30;
  return {std::move(logits), gradientsOf(session, net, gradientLabels, control), contestOf(session, net, net.sample, control)};
}

/// Elements whose winner or loser is another, and those of them where `found` has no tie.
struct Decisions {
  int64_t differ = 0, beyondTies = 0, all = 0;
};

Decisions decisionsOf(const Contest& found, const Contest& expected) {
  Decisions decisions;
  double scale = 0;
  for (size_t e = 0; e < found.best.size(); e++)
    scale = std::fmax(scale, std::fmax(std::fabs(static_cast<double>(found.best[e])), std::fabs(static_cast<double>(found.worst[e]))));
  const auto look = [&](const std::vector<int32_t>& a, const std::vector<int32_t>& b, const std::vector<float>& first, const std::vector<float>& second) {
    for (size_t e = 0; e < a.size(); e++) {
      decisions.all++;
      if (a[e] == b[e]) continue;
      decisions.differ++;
      decisions.beyondTies += std::fabs(static_cast<double>(first[e]) - static_cast<double>(second[e])) > tie * scale;
    }
  };
  look(found.bestLabel, expected.bestLabel, found.best, found.runnerUp);
  look(found.worstLabel, expected.worstLabel, found.worst, found.runnerDown);
  return decisions;
}

double mapError(const Contest& found, const Contest& expected) {
  return std::fmax(relativeError(found.best, expected.best), relativeError(found.worst, expected.worst));
}

/// Of logits, and of the rest where it is `judged`: errors below the limit, and no decision beyond ties.
bool printAgreement(const Net& net, const char* precision, const char* of, const std::string& against, const Answers& found, const Answers& expected,
                    bool judged) {
  const double values = relativeError(found.logits, expected.logits), maps = mapError(found.contest, expected.contest);
  const size_t shared = std::min(found.gradients.size(), expected.gradients.size());
  const double cotangents = relativeError(found.gradients.data(), expected.gradients.data(), shared);
  const Decisions decisions = decisionsOf(found.contest, expected.contest);
  const double most = judged ? limit : std::numeric_limits<double>::infinity();
  const bool pass = values < limit && cotangents < most && maps < most && (!judged || decisions.beyondTies == 0);
  Line("agreement").text("model", net.name).text("precision", precision).text("of", of).text("against", against).number("values", values)
      .number("cotangents", cotangents).number("maps", maps).count("decisions", decisions.all).count("differ", decisions.differ)
      .count("beyond_ties", decisions.beyondTies).flag("judged", judged).flag("pass", pass).print();
  return pass;
}

/// Of stored contests runners-up are not known.
Answers answersIn(const Expected& expected) {
  return {expected.logits, expected.gradients, {expected.best, {}, expected.worst, {}, expected.bestLabel, expected.worstLabel}};
}

bool sameBits(const Contest& a, const Contest& b) {
  return a.best == b.best && a.runnerUp == b.runnerUp && a.worst == b.worst && a.runnerDown == b.runnerDown && a.bestLabel == b.bestLabel &&
         a.worstLabel == b.worstLabel;
}

/// The least power of two of bytes with which the contest runs: few labels at a time.
Contest inSmallChunks(const agon::cuda::Session& gpu, const Net& net, agon::Precision precision, int64_t& bytes) {
  agon::Control control;
  control.precision = precision;
  for (bytes = int64_t{1} << 12;; bytes *= 2) {
    control.memory = bytes;
    try {
      return contestOf(gpu, net, net.sample, control);
    } catch (const agon::Error& error) {
      if (error.code() != "AGON_OUT_OF_BUDGET" || bytes >= int64_t{1} << 40) throw;
    }
  }
}

bool compareChunks(const agon::cuda::Session& gpu, const Net& net, const NamedPrecision& named, const Contest& expected) {
  int64_t bytes = 0;
  const bool same = sameBits(inSmallChunks(gpu, net, named.precision, bytes), expected);
  Line("chunks").text("model", net.name).text("precision", named.name).count("bytes", bytes).flag("pass", same).print();
  return same;
}

}  // namespace

bool compareNet(const Net& net) {
  const agon::Session cpu(net.program, agon::createPool(0));
  agon::cuda::Session gpu(net.program, 0);
  const Answers exact = answersOf(cpu, net, logitsOf(cpu, net), agon::Precision::Fp32);
  const std::vector<float> logits = logitsOf(gpu, net);
  gpu.pin(everyValue(cpu, net.program, net.input.data()));
  bool pass = true;
  for (const NamedPrecision& named : precisions) {
    const bool isFp32 = named.precision == agon::Precision::Fp32;
    const Answers found = answersOf(gpu, net, logits, named.precision);
    pass = printAgreement(net, named.name, "cuda", "cpu", found, exact, isFp32) && pass;
    pass = compareChunks(gpu, net, named, found.contest) && pass;
    if (!isFp32) continue;
    for (const Expected& expected : net.expected) {
      // Of a forward pass elsewhere. The reference engine answers for small nets only, none of which has an input of a Relu that near 0.
      const bool judged = expected.engine == "reference";
      pass = printAgreement(net, named.name, "cuda", "packed " + expected.engine, found, answersIn(expected), judged) && pass;
      pass = printAgreement(net, named.name, "cpu", "packed " + expected.engine, exact, answersIn(expected), judged) && pass;
    }
  }
  return pass;
}

}  // namespace bench
