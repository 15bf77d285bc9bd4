#include "chunks.h"

#include <algorithm>

namespace agon::cuda {

namespace {

/// Lanes that fill the widest tile of a product, and more than which a chunk gains nothing.
constexpr int64_t tileLanes = 64, mostLanes = 1024;

/// Of what instructions write for one example.
int64_t valueBytes(const Graph& graph, int32_t until) {
  int64_t bytes = 4 * graph.size[graph.input];
  for (int32_t i = 0; i <= graph.producer[until]; i++) bytes += 4 * graph.size[graph.operations[i]->outputs[0]];
  return bytes;
}

/// What the values of further examples leave of a budget that was given; where none was, they are not free any more.
int64_t budgetOf(const Frame& frame, const Control& control) {
  if (control.memory <= 0) return frame.device.freeBytes() / 2;
  return control.budget() - (frame.examples - 1) * valueBytes(frame.graph, frame.graph.output);
}

}  // namespace

int64_t examplesThatFit(const Graph& graph, const Device& device, int32_t until, int64_t most, const Control& control) {
  const int64_t budget = control.memory > 0 ? control.budget() : device.freeBytes() / 2;
  return std::min(most, 1 + budget / std::max<int64_t>(1, valueBytes(graph, until)));
}

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
