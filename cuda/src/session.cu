#include <agon/cuda-session.h>

#include <algorithm>
#include <mutex>

#include "chunks.h"
#include "fold.h"
#include "source.h"
#include "waist.h"

namespace agon::cuda {

struct Session::State {
  Device device;
  Graph graph;
  std::mutex busy;

  State(Program program, int ordinal) : device(ordinal), graph(prepare(std::move(program), device)) {}

  void checkValue(int32_t value) const {
    const int32_t count = static_cast<int32_t>(graph.size.size());
    if (value < 0 || value >= count)
      throw Error("AGON_BAD_INPUT", "value: expected an id in 0 .. " + std::to_string(count - 1) + ", found " + std::to_string(value));
  }
  void checkComputed(int32_t value) const {
    checkValue(value);
    if (graph.isConstant[value])
      throw Error("AGON_BAD_INPUT", "value " + std::to_string(value) + ": expected one that depends on the input, found a constant");
  }
  void checkLabels(const Seeds& seeds, int64_t examples) const {
    if (seeds.dense) return;
    const int64_t logits = graph.size[graph.output];
    for (int64_t i = 0; i < examples * seeds.count; i++)
      if (seeds.labels[i] < 0 || seeds.labels[i] >= logits)
        throw Error("AGON_BAD_INPUT", "label: expected 0 .. " + std::to_string(logits - 1) + ", found " + std::to_string(seeds.labels[i]));
  }
};

namespace {

/// Examples whose forward pass runs at once.
constexpr int64_t forwardTogether = 32;

/// Examples of a value to the host.
void downloadRows(Frame& frame, const View& from, int64_t size, float* out) {
  if (from.examples == frame.examples && from.examples > 1) {
    const Floats turned(frame.device, size * frame.examples);
    turn(frame.device, from.data, size, frame.examples, turned.data());
    return frame.device.download(out, turned.data(), turned.bytes());
  }
  for (int32_t n = 0; n < frame.examples; n++) frame.device.download(out + n * size, from.data, size * 4);
}

/// Tells of shares of an example's work as label passes done, as they grow; the last one is told of when all is done.
std::function<void(double)> inShares(const Control& control, int64_t example, int64_t examples, int64_t labels) {
  return [&control, example, examples, labels, told = int64_t{0}](double share) mutable {
    const auto passes = static_cast<int64_t>(share * static_cast<double>(labels));
    if (!control.progress || passes <= told || passes >= labels) return;
    told = passes;
    control.progress(example * labels + passes, examples * labels);
  };
}

/// The cotangents of `wrt` for the labels from `first` on; empty: zero for all of them.
Cotangent walkLabels(Walk& walk, const Seeds& seeds, int64_t first, int64_t example, int64_t examples, int32_t wrt, const Control& control) {
  if (!walk.frame.wanted[walk.frame.graph.output]) return {};
  return walkBack(walk, seedsOf(walk.frame, seeds, first, example, examples, walk.lanes), wrt, control.abort);
}

/// Lanes of a cotangent as maps [lanes, size].
struct ToMaps {
  const float* rows;
  const uint8_t* alive;
  float* out;
  int64_t size;
  int32_t lanes;
  AGON_HD void operator()(int64_t i) const {
    const int64_t lane = i / size, e = i % size;
    out[i] = alive[e] ? rows[e * lanes + lane] + 0.0f : 0.0f;  // + 0 makes -0 to 0
  }
};

}  // namespace

Session::Session(Program program, int device) : state_(std::make_unique<State>(std::move(program), device)) {}
Session::~Session() = default;

int64_t Session::sizeOf(int32_t value) const {
  state_->checkValue(value);
  return state_->graph.size[value];
}

const char* Session::deviceName() const { return state_->device.name().c_str(); }
int Session::capability() const { return state_->device.capability(); }

void Session::forward(const float* input, int64_t examples, int32_t at, float* out, const Control& control) const {
  State& state = *state_;
  const std::lock_guard<std::mutex> hold(state.busy);
  state.device.use();
  state.checkValue(at);
  const int64_t sizeIn = state.graph.size[state.graph.input], sizeOut = state.graph.size[at];
  for (int64_t first = 0; first < examples; first += forwardTogether) {
    const int64_t count = std::min(forwardTogether, examples - first);
    Frame frame = makeFrame(state.graph, state.device, static_cast<int32_t>(count));
    runForward(frame, input + first * sizeIn, at, control.abort);
    if (!frame.view(at) && sizeOut > 0)
      throw Error("AGON_BAD_INPUT", "value " + std::to_string(at) + ": expected a value that is computed, found packed weights");
    downloadRows(frame, frame.view(at), sizeOut, out + first * sizeOut);
  }
}

void Session::vjp(const float* input, int64_t examples, const Seeds& seeds, int32_t wrt, float* out, const Control& control) const {
  State& state = *state_;
  const std::lock_guard<std::mutex> hold(state.busy);
  state.device.use();
  state.checkComputed(wrt);
  state.checkLabels(seeds, examples);
  const int64_t sizeIn = state.graph.size[state.graph.input], size = state.graph.size[wrt];
  int64_t together = examplesTogether(examples, seeds.count);
  for (int64_t example = 0; example < examples;) {
    const int64_t group = std::min(together, examples - example);
    Frame frame = makeFrame(state.graph, state.device, static_cast<int32_t>(group));
    runForward(frame, input + example * sizeIn, state.graph.output, control.abort);
    linearize(frame, wrt, control.abort);
    if (group > 1 && !fitsLabel(frame, wrt, control)) {
      together = group / 2;
      continue;
    }
    const int64_t most = labelsTogether(frame, wrt, seeds.count, control);
    for (int64_t first = 0; first < seeds.count; first += most) {
      const int64_t count = std::min(most, seeds.count - first);
      Walk walk(frame, {frame.examples, static_cast<int32_t>(count)}, control.precision);
      const Cotangent g = walkLabels(walk, seeds, first, example, examples, wrt, control);
      const Floats maps(state.device, walk.lanes.count() * size);
      if (g) {
        state.device.each(maps.size(), ToMaps{g.rows.data(), g.alive->data(), maps.data(), size, walk.lanes.count()});
      } else {
        state.device.zero(maps.data(), maps.bytes());
      }
      for (int64_t n = 0; n < group; n++)
        for (int64_t k = 0; k < count; k++)
          state.device.download(out + ((first + k) * examples + example + n) * size, maps.data() + (n * count + k) * size, size * 4);
      if (control.progress) control.progress(example * seeds.count + (first + count) * group, examples * seeds.count);
    }
    example += group;
  }
}

void Session::contest(const float* input, int64_t examples, const ContestRequest& request, const ContestArrays& out, const Control& control) const {
  State& state = *state_;
  const std::lock_guard<std::mutex> hold(state.busy);
  state.device.use();
  const Seeds seeds{request.seeds.count, nullptr, request.seeds.labels, request.seeds.scaleByLogit};
  state.checkLabels(seeds, examples);
  const int32_t wrt = request.wrt < 0 ? state.graph.input : request.wrt;
  state.checkComputed(wrt);
  const int64_t sizeIn = state.graph.size[state.graph.input], size = state.graph.size[wrt];
  if (request.sum && request.sum->outer * request.sum->extent * request.sum->inner != size)
    throw Error("AGON_BAD_INPUT", "summed axis: expected extents that multiply to " + std::to_string(size));
  for (int64_t example = 0; example < examples; example++) {
    Frame frame = makeFrame(state.graph, state.device, 1);
    runForward(frame, input + example * sizeIn, state.graph.output, control.abort);
    linearize(frame, wrt, control.abort);
    Fold fold(frame, request, wrt, example, examples);
    const auto waist = findWaist(frame, wrt, seeds.count, fold.mapSize(), control);
    if (waist && contestThrough(*waist, frame, wrt, seeds, example, examples, fold, control, inShares(control, example, examples, seeds.count))) {
      fold.finish(out);
      if (control.progress) control.progress((example + 1) * seeds.count, examples * seeds.count);
      continue;
    }
    const int64_t most = labelsTogether(frame, wrt, seeds.count, control);
    for (int64_t first = 0; first < seeds.count; first += most) {
      const int64_t count = std::min(most, seeds.count - first);
      Walk walk(frame, {1, static_cast<int32_t>(count)}, control.precision);
      const Cotangent g = walkLabels(walk, seeds, first, example, examples, wrt, control);
      fold.add(g, first, static_cast<int32_t>(count));
      state.device.wait();
      if (control.progress) control.progress(example * seeds.count + first + count, examples * seeds.count);
    }
    fold.finish(out);
  }
}

}  // namespace agon::cuda
