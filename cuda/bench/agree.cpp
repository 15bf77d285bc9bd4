// A model on the GPU against the core for CPUs on the same machine, and both against what the pack holds.
#include <agon/cuda-session.h>

#include "compare.h"
#include "line.h"
#include "net.h"

namespace bench {

namespace {

/// Of float32, as shares of the largest number: of logits; of cotangents, where another order of a sum may put a Relu's input on the other side of 0; and of the
/// places of a map whose winner is another and was no tie. Of coarser precisions errors are told, not judged.
constexpr double valueLimit = 1e-4, cotangentLimit = 1e-2, decisionLimit = 1e-2;
/// Labels whose cotangents are compared; a runner-up nearer than this share of the largest number of a map makes a tie.
constexpr int64_t gradientLabels = 8;
constexpr double tie = 1e-4;

struct Answers {
  std::vector<float> logits, gradients;
  Contest contest;
};

template <class Session>
Answers answersOf(const Session& session, const Net& net, agon::Precision precision) {
  agon::Control control;
  control.memory = 0;
  control.precision = precision;
  // Every label goes down to the input, as on the GPU.
  control.waist = control.meet = agon::Choice::Never;
  if constexpr (std::is_same_v<Session, agon::Session>) control.memory = int64_t{1} << 30;
  return {logitsOf(session, net), gradientsOf(session, net, gradientLabels, control), contestOf(session, net, net.sample, control)};
}

/// Elements whose winner or loser is another, and those of them that are no ties of `expected`.
struct Decisions {
  int64_t differ = 0, beyondTies = 0, all = 0;
};

Decisions decisionsOf(const Contest& found, const Contest& expected) {
  Decisions decisions;
  double scale = 0;
  for (size_t e = 0; e < expected.best.size(); e++)
    scale = std::fmax(scale, std::fmax(std::fabs(static_cast<double>(expected.best[e])), std::fabs(static_cast<double>(expected.worst[e]))));
  const auto look = [&](const std::vector<int32_t>& a, const std::vector<int32_t>& b, const std::vector<float>& first, const std::vector<float>& second) {
    for (size_t e = 0; e < a.size(); e++) {
      decisions.all++;
      if (a[e] == b[e]) continue;
      decisions.differ++;
      decisions.beyondTies += std::fabs(static_cast<double>(first[e]) - static_cast<double>(second[e])) > tie * scale;
    }
  };
  look(found.bestLabel, expected.bestLabel, expected.best, expected.runnerUp);
  look(found.worstLabel, expected.worstLabel, expected.worst, expected.runnerDown);
  return decisions;
}

double mapError(const Contest& found, const Contest& expected) {
  return std::fmax(relativeError(found.best, expected.best), relativeError(found.worst, expected.worst));
}

bool printAgreement(const Net& net, const char* precision, const char* of, const std::string& against, const Answers& found, const Answers& expected,
                    bool judged) {
  const double values = relativeError(found.logits, expected.logits), maps = mapError(found.contest, expected.contest);
  const size_t shared = std::min(found.gradients.size(), expected.gradients.size());
  const double cotangents = relativeError(found.gradients.data(), expected.gradients.data(), shared);
  const Decisions decisions = decisionsOf(found.contest, expected.contest);
  const bool near = values < valueLimit && cotangents < cotangentLimit && maps < cotangentLimit &&
                    static_cast<double>(decisions.beyondTies) <= decisionLimit * static_cast<double>(decisions.all);
  const bool pass = judged ? near : std::isfinite(values) && std::isfinite(cotangents) && std::isfinite(maps);
  Line("agreement").text("model", net.name).text("precision", precision).text("of", of).text("against", against).number("values", values)
      .number("cotangents", cotangents).number("maps", maps).count("decisions", decisions.all).count("differ", decisions.differ)
      .count("beyond_ties", decisions.beyondTies).flag("judged", judged).flag("pass", pass).print();
  return pass;
}

/// Of stored contests runners-up are not known, so that every other winner counts as no tie.
Answers answersIn(const Expected& expected) {
  const std::vector<float> none(expected.best.size(), std::numeric_limits<float>::infinity());
  return {expected.logits, expected.gradients, {expected.best, none, expected.worst, none, expected.bestLabel, expected.worstLabel}};
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
  const agon::cuda::Session gpu(net.program, 0);
  const Answers exact = answersOf(cpu, net, agon::Precision::Fp32);
  bool pass = true;
  for (const NamedPrecision& named : precisions) {
    const bool judged = named.precision == agon::Precision::Fp32;
    const Answers found = answersOf(gpu, net, named.precision);
    pass = printAgreement(net, named.name, "cuda", "cpu", found, exact, judged) && pass;
    pass = compareChunks(gpu, net, named, found.contest) && pass;
    if (!judged) continue;
    for (const Expected& expected : net.expected) {
      pass = printAgreement(net, named.name, "cuda", "packed " + expected.engine, found, answersIn(expected), true) && pass;
      pass = printAgreement(net, named.name, "cpu", "packed " + expected.engine, exact, answersIn(expected), true) && pass;
    }
  }
  return pass;
}

}  // namespace bench
