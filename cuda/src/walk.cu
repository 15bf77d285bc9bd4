#include "walk.h"

#include <algorithm>

namespace agon::cuda {

namespace {

struct And {
  const uint8_t *a, *b;
  uint8_t* out;
  AGON_HD void operator()(int64_t e) const { out[e] = a[e] & b[e]; }
};

struct Or {
  const uint8_t *a, *b;
  uint8_t* out;
  AGON_HD void operator()(int64_t e) const { out[e] = a[e] | b[e]; }
};

/// Rows of one value to the place of another with as many elements.
struct AddRows {
  const float* from;
  const uint8_t* alive;
  Place to;
  AGON_HD void operator()(int64_t e, int32_t lane) const {
    if (alive[e]) to.put(e, lane, from[e * to.lanes + lane]);
  }
};

template <class Combine>
Mask combine(Frame& frame, const Mask& a, const Mask& b) {
  auto out = std::make_shared<Bytes>(frame.device, a->size());
  frame.device.each(a->size(), Combine{a->data(), b->data(), out->data()});
  return out;
}

}  // namespace

Mask both(Frame& frame, const Mask& a, const Mask& b) { return a == b ? a : combine<And>(frame, a, b); }

Mask either(Frame& frame, const Mask& a, const Mask& b) {
  if (!a || a == b) return b;
  return combine<Or>(frame, a, b);
}

Place Walk::place(int32_t value) {
  Cotangent& at = pending_[value];
  if (!at) at.rows = Floats(frame.device, frame.size(value) * lanes.count());
  return {at.rows.data(), at.alive ? at.alive->data() : nullptr, lanes.count()};
}

void Walk::settle(int32_t value, Mask mask) {
  Cotangent& at = pending_[value];
  at.alive = either(frame, at.alive, mask);
}

void Walk::move(int32_t y, int32_t x) {
  Cotangent from = take(y);
  Mask alive = both(frame, from.alive, frame.wanted[x]);
  if (!pending_[x]) {
    pending_[x] = {std::move(from.rows), std::move(alive)};
    return;
  }
  frame.device.eachRow(frame.size(x), lanes.count(), AddRows{from.rows.data(), alive->data(), place(x)});
  settle(x, std::move(alive));
}

Cotangent walkBack(Walk& walk, Cotangent seeds, int32_t target, const std::atomic<bool>* abort) {
  return walkBetween(walk, walk.frame.graph.output, std::move(seeds), target, abort);
}

Cotangent walkBetween(Walk& walk, int32_t from, Cotangent seeds, int32_t target, const std::atomic<bool>* abort) {
  const Graph& graph = walk.frame.graph;
  walk.begin(from, std::move(seeds));
  for (int32_t i = graph.producer[from]; i > graph.producer[target]; i--) {
    const Operation& operation = *graph.operations[i];
    const int32_t output = operation.outputs[0];
    if (!walk.reached(output)) continue;
    throwIfAborted(abort);
    operation.backward(walk);
    walk.drop(output);
  }
  return walk.take(target);
}

int64_t walkBytes(const Frame& frame, int32_t from, int32_t target, int64_t lanes) {
  const Graph& graph = frame.graph;
  std::vector<uint8_t> reached(graph.size.size(), 0);
  const auto bytesOf = [&](int32_t v) { return 4 * frame.size(v) * lanes; };
  int64_t held = bytesOf(from), most = held;
  reached[from] = 1;
  for (int32_t i = graph.producer[from]; i > graph.producer[target]; i--) {
    const Operation& operation = *graph.operations[i];
    if (!reached[operation.outputs[0]]) continue;
    for (const int32_t v : operation.inputs) {
      if (v < 0 || !frame.wanted[v] || reached[v]) continue;
      reached[v] = 1;
      held += bytesOf(v);
    }
    most = std::max(most, held + operation.scratchBytes(lanes));
    held -= bytesOf(operation.outputs[0]);
  }
  return most;
}

}  // namespace agon::cuda
