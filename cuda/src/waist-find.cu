#include <limits>

#include "waist.h"

namespace agon::cuda {

namespace {

/// Labels that share one tile at no cost, and multiplications of a pass that is over before the waist is found.
constexpr int64_t fewestLabels = 16, leastProducts = int64_t{200} << 20;

/// count[i] = ones of mask i, by one block each.
struct CountOnes {
  static constexpr int threads = 256;
  struct Shared {
    int32_t part[threads];
  };
  /// Of a mask: where it lies, and how long it is.
  struct Counted {
    const uint8_t* mask;
    int64_t size;
  };
  const Counted* all;
  int32_t* count;

  AGON_HD void operator()(const Block<threads>& block, Shared& shared) const {
    const uint8_t* const mask = all[block.x].mask;
    const int64_t size = all[block.x].size;
    block.each([&](int thread) {
      int32_t ones = 0;
      for (int64_t e = thread; e < size; e += threads) ones += mask[e];
      shared.part[thread] = ones;
    });
    block.each([&](int thread) {
      if (thread > 0) return;
      int32_t ones = 0;
      for (int t = 0; t < threads; t++) ones += shared.part[t];
      count[block.x] = ones;
    });
  }
};

/// Wanted elements of some values.
std::vector<int32_t> countWanted(const Frame& frame, const std::vector<Waist>& of) {
  std::vector<CountOnes::Counted> masks;
  for (const Waist& each : of) masks.push_back({frame.wanted[each.value]->data(), frame.size(each.value)});
  const Array<CountOnes::Counted> there(frame.device, masks);
  const Ints count(frame.device, static_cast<int64_t>(of.size()));
  frame.device.blocks({count.size()}, CountOnes{there.data(), count.data()});
  return count.read();
}

/// The first instruction on the way back that is not linear; the number of instructions if all are.
int32_t linearFromStart(const Frame& frame) {
  int32_t i = 0;
  for (const auto& operation : frame.graph.operations) {
    if (!operation->isLinear && frame.wanted[operation->outputs[0]]) break;
    i++;
  }
  return i;
}

/// Every value that a pass to `wrt` narrows to, without its units; `below` counts the whole pass in `total`.
std::vector<Waist> candidatesOf(const Frame& frame, int32_t wrt, int64_t* total) {
  const Graph& graph = frame.graph;
  const int32_t linear = linearFromStart(frame);
  std::vector<Waist> found;
  std::vector<uint8_t> reached(graph.size.size(), 0);
  int64_t waiting = 1;  // values that are reached and whose producer has not come yet
  reached[graph.output] = 1;
  *total = 0;
  for (int32_t i = graph.producer[graph.output]; i > graph.producer[wrt]; i--) {
    const Operation& operation = *graph.operations[i];
    const int32_t value = operation.outputs[0];
    if (!reached[value]) continue;
    if (waiting == 1 && value != graph.output && i < linear) found.push_back({value, 0, *total, 0});
    *total += operation.denseProducts(frame);
    waiting--;
    for (const int32_t v : operation.inputs) {
      if (v < 0 || !frame.wanted[v] || reached[v]) continue;
      reached[v] = 1;
      waiting++;
    }
  }
  for (Waist& each : found) each.below = *total - each.above;
  return found;
}

}  // namespace

std::optional<Waist> findWaist(const Frame& frame, int32_t wrt, int64_t labels, int64_t mapSize, const Control& control) {
  const bool isFree = control.waist == Choice::Always;
  if (control.waist == Choice::Never || (!isFree && labels <= fewestLabels) || !frame.wanted[frame.graph.output]) return std::nullopt;
  int64_t total = 0;
  const std::vector<Waist> candidates = candidatesOf(frame, wrt, &total);
  const int64_t plain = labels * total;
  if (candidates.empty() || (!isFree && plain < leastProducts)) return std::nullopt;
  const std::vector<int32_t> count = countWanted(frame, candidates);
  std::optional<Waist> best;
  int64_t least = isFree ? std::numeric_limits<int64_t>::max() : plain - plain / 10;
  for (size_t i = 0; i < candidates.size(); i++) {
    const int64_t units = count[i], products = labels * candidates[i].above + units * candidates[i].below + labels * units * mapSize;
    if (units == 0 || units >= labels || products >= least) continue;
    least = products;
    best = candidates[i];
    best->units = units;
  }
  return best;
}

}  // namespace agon::cuda
