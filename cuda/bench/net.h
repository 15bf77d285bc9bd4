#pragma once
#include <agon/session.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

namespace bench {

/// Numbers of one engine that a pack holds: logits, cotangents of the input for some labels [labels, input], and the contest of the sample.
struct Expected {
  std::string engine;
  std::vector<float> logits, gradients, best, worst;
  std::vector<int32_t> bestLabel, worstLabel;
};

/// A model of a pack with one example.
struct Net {
  std::string name;
  agon::Program program;
  std::vector<float> input;
  /// Labels whose contest is compared.
  std::vector<int32_t> sample;
  bool sums = false;
  agon::SummedAxis sum;
  std::vector<Expected> expected;

  int64_t inputSize() const { return program.values[program.input].size; }
  int64_t labels() const { return program.values[program.output].size; }
  int64_t mapSize() const { return sums ? sum.outer * sum.inner : inputSize(); }
};

/// Names of the models of a pack, and one of them. Throws AGON_BAD_FILE.
std::vector<std::string> netNames(const std::string& pack);
Net readNet(const std::string& pack, const std::string& name);

/// What a contest of gradient times input gives.
struct Contest {
  std::vector<float> best, runnerUp, worst, runnerDown;
  std::vector<int32_t> bestLabel, worstLabel;
};

/// The contest of some labels on a session of either core.
template <class Session>
Contest contestOf(const Session& session, const Net& net, const std::vector<int32_t>& labels, const agon::Control& control) {
  const auto size = static_cast<size_t>(net.mapSize());
  Contest contest{std::vector<float>(size), std::vector<float>(size), std::vector<float>(size), std::vector<float>(size), std::vector<int32_t>(size),
                  std::vector<int32_t>(size)};
  agon::ContestRequest request;
  request.seeds.count = static_cast<int64_t>(labels.size());
  request.seeds.labels = labels.data();
  request.factor = net.input.data();
  request.sum = net.sums ? &net.sum : nullptr;
  const agon::ContestArrays out{contest.best.data(),      contest.runnerUp.data(),   contest.worst.data(), contest.runnerDown.data(),
                                contest.bestLabel.data(), contest.worstLabel.data(), nullptr};
  session.contest(net.input.data(), 1, request, out, control);
  return contest;
}

/// Cotangents of the input for the first labels of the sample, at most `most`.
template <class Session>
std::vector<float> gradientsOf(const Session& session, const Net& net, int64_t most, const agon::Control& control) {
  agon::Seeds seeds;
  seeds.count = std::min(static_cast<int64_t>(net.sample.size()), most);
  seeds.labels = net.sample.data();
  std::vector<float> out(static_cast<size_t>(seeds.count * net.inputSize()));
  session.vjp(net.input.data(), 1, seeds, net.program.input, out.data(), control);
  return out;
}

template <class Session>
std::vector<float> logitsOf(const Session& session, const Net& net) {
  std::vector<float> out(static_cast<size_t>(net.labels()));
  session.forward(net.input.data(), 1, net.program.output, out.data(), {});
  return out;
}

struct NamedPrecision {
  const char* name;
  agon::Precision precision;
};
inline constexpr NamedPrecision precisions[] = {{"fp32", agon::Precision::Fp32}, {"bf16", agon::Precision::Bf16}};

/// Every kind of instruction against the core for CPUs; every model of a pack; the time of contests. Each prints lines of JSON; true if all is well.
bool compareKinds();
bool compareNet(const Net& net);
void timeNet(const Net& net, double seconds);

}  // namespace bench
