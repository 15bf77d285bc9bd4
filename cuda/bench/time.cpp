// The contest of up to 1000 labels on the GPU, by the clock: it ends when its maps are on the host.
#include <agon/cuda-session.h>

#include <chrono>
#include <numeric>

#include "line.h"
#include "net.h"

namespace bench {

namespace {

constexpr int64_t mostLabels = 1000;
constexpr size_t leastRuns = 3;

template <class Body>
double secondsOf(Body body) {
  const auto from = std::chrono::steady_clock::now();
  body();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - from).count();
}

}  // namespace

void timeNet(const Net& net, double seconds) {
  std::vector<int32_t> labels(static_cast<size_t>(std::min(net.labels(), mostLabels)));
  std::iota(labels.begin(), labels.end(), 0);
  std::unique_ptr<agon::cuda::Session> gpu;
  const double load = secondsOf([&] { gpu = std::make_unique<agon::cuda::Session>(net.program, 0); });
  for (const NamedPrecision& named : precisions) {
    agon::Control control;
    control.memory = 0;
    control.precision = named.precision;
    const auto run = [&] { contestOf(*gpu, net, labels, control); };
    const double cold = secondsOf(run);
    std::vector<double> warm;
    for (double spent = 0; warm.size() < leastRuns || spent < seconds; spent += warm.back()) warm.push_back(secondsOf(run));
    std::sort(warm.begin(), warm.end());
    Line("time").text("model", net.name).text("system", "agon").text("precision", named.name).text("device", gpu->deviceName())
        .count("labels", static_cast<int64_t>(labels.size())).number("load_s", load).number("cold_s", cold).number("best_s", warm.front())
        .number("median_s", warm[warm.size() / 2]).count("runs", static_cast<int64_t>(warm.size())).print();
  }
}

}  // namespace bench
