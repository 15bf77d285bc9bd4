#include "chunks.h"

#include <algorithm>

namespace agon::cuda {

namespace {

/// Lanes that fill the widest tile of a product, and more than which a chunk gains nothing.
constexpr int64_t tileLanes = 64, mostLanes = 1024;

int64_t budgetOf(const Frame& frame, const Control& control) { return control.memory > 0 ? control.budget() : frame.device.freeBytes() / 2; }

}  // namespace

int64_t examplesTogether(int64_t examples, int64_t labels) { return std::min(examples, std::max<int64_t>(1, tileLanes / std::max<int64_t>(labels, 1))); }

bool fitsLabel(const Frame& frame, int32_t target, const Control& control) {
  return walkBytes(frame, frame.graph.output, target, frame.examples) <= budgetOf(frame, control);
}

int64_t labelsTogether(const Frame& frame, int32_t target, int64_t labels, const Control& control) {
  return lanesTogether(frame, frame.graph.output, target, labels, control);
}

int64_t lanesTogether(const Frame& frame, int32_t from, int32_t target, int64_t all, const Control& control) {
  const int64_t budget = budgetOf(frame, control);
  const auto fits = [&](int64_t count) { return walkBytes(frame, from, target, count * frame.examples) <= budget; };
  int64_t count = std::min(all, std::max<int64_t>(1, mostLanes / frame.examples));
  while (count > tileLanes && !fits(count)) count = (count - 1) / tileLanes * tileLanes;
  while (count > 1 && !fits(count)) count = (count + 1) / 2;
  if (fits(count)) return count;
  throw Error("AGON_OUT_OF_BUDGET", "cotangents: expected a budget of at least " + std::to_string(walkBytes(frame, from, target, count * frame.examples)) +
                                        " bytes, found " + std::to_string(budget));
}

}  // namespace agon::cuda
