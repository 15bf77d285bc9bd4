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
  /// By value; empty: none.
  std::vector<std::vector<float>> pinned;

  State(Program program, int ordinal) : device(ordinal), graph(prepare(std::move(program), device)) {}

  Frame frame(int64_t examples) {
    Frame made = makeFrame(graph, device, static_cast<int32_t>(examples));
    if (!pinned.empty()) made.pinned = &pinned;
    return made;
  }
  /// Examples that may go together, of `most` that would.
  int64_t together(int64_t most) const { return pinned.empty() ? most : 1; }
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

/// Examples whose forward pass runs at once where the byte budget holds them.
constexpr int64_t forwardTogether = 32;

/// Examples of a value to the host.
void downloadRows(Frame& frame, const View& from, int64_t size, float* out) {
  if (from.examples == frame.examples && from.examples > 1) {
    const Floats turned(frame.device, size * frame.examples);
    turn(frame.device, from.data, size, frame.examples, turned.data());
    return frame.device.download(out, turned.data(), turned.bytes());
  }
  frame.device.download(out, from.data, size * 4);
  for (int32_t n = 1; n < frame.examples; n++) std::copy(out, out + size, out + n * size);
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
Cotangent walkLabels(Walk& walk, const LabelSource& source, int64_t first, int32_t wrt, const Control& control) {
  if (!walk.frame.wanted[walk.frame.graph.output]) return {};
  return walkBack(walk, source.chunk(first, walk.lanes), wrt, control.abort);
}

/// Lanes of a cotangent as maps [labels, examples, size].
struct ToMaps {
  const float* rows;
  const uint8_t* alive;
  float* out;
  int64_t size;
  Lanes lanes;
  AGON_HD void operator()(int64_t place, int32_t e) const {
    const int64_t at = static_cast<int64_t>(e) * lanes.count() + lanes.laneAt(static_cast<int32_t>(place));
    out[place * size + e] = alive[e] ? rows[at] + 0.0f : 0.0f;  // + 0 makes -0 to 0
  }
};

/// A chunk's maps to their places among [labels, examples, size], from `out` on: in one piece if the frame holds all examples.
void downloadMaps(Frame& frame, const Cotangent& g, Lanes lanes, int64_t size, int64_t examples, float* out) {
  const Floats maps(frame.device, lanes.count() * size);
  if (g) {
    frame.device.eachRow(lanes.count(), static_cast<int32_t>(size), ToMaps{g.rows.data(), g.alive->data(), maps.data(), size, lanes});
  } else {
    frame.device.zero(maps.data(), maps.bytes());
  }
  if (lanes.examples == examples) return frame.device.download(out, maps.data(), maps.bytes());
  const int64_t together = lanes.examples * size;
  for (int64_t k = 0; k < lanes.labels; k++) frame.device.download(out + k * examples * size, maps.data() + k * together, together * 4);
}

}  // namespace

Session::Session(Program program, int device) : state_(std::make_unique<State>(std::move(program), device)) {}
Session::~Session() = default;

int64_t Session::sizeOf(int32_t value) const {
  state_->checkValue(value);
  return state_->graph.size[value];
}

const char* Session::deviceName() const { return state_->device.name().c_str(); }
int Session::capability() const { return state_->device.capability(); }

Transfers Session::transfers() const {
  const std::lock_guard<std::mutex> hold(state_->busy);
  return state_->device.transfers();
}

void Session::pin(std::vector<std::vector<float>> values) {
  const std::lock_guard<std::mutex> hold(state_->busy);
  const auto& sizes = state_->graph.size;
  if (!values.empty() && values.size() != sizes.size())
    throw Error("AGON_BAD_INPUT", "pinned values: expected " + std::to_string(sizes.size()) + " or none, found " + std::to_string(values.size()));
  for (size_t v = 0; v < values.size(); v++)
    if (!values[v].empty() && static_cast<int64_t>(values[v].size()) != sizes[v])
      throw Error("AGON_BAD_INPUT", "pinned value " + std::to_string(v) + ": expected " + std::to_string(sizes[v]) + " numbers or none, found " +
                                        std::to_string(values[v].size()));
  state_->pinned = std::move(values);
}

void Session::forward(const float* input, int64_t examples, int32_t at, float* out, const Control& control) const {
  State& state = *state_;
  const std::lock_guard<std::mutex> hold(state.busy);
  state.device.use();
  state.checkValue(at);
  const int64_t sizeIn = state.graph.size[state.graph.input], sizeOut = state.graph.size[at];
  const int64_t together = examplesThatFit(state.graph, state.device, at, state.together(forwardTogether), control);
  for (int64_t first = 0; first < examples; first += together) {
    const int64_t count = std::min(together, examples - first);
    Frame frame = state.frame(count);
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
  int64_t together = examplesThatFit(state.graph, state.device, state.graph.output, state.together(examplesTogether(examples, seeds.count)), control);
  for (int64_t example = 0; example < examples;) {
    const int64_t group = std::min(together, examples - example);
    Frame frame = state.frame(group);
    runForward(frame, input + example * sizeIn, state.graph.output, control.abort);
    linearize(frame, wrt, control.abort);
    if (group > 1 && !fitsLabel(frame, wrt, control)) {
      together = group / 2;
      continue;
    }
    const LabelSource source(frame, seeds, example, examples);
    const int64_t most = labelsTogether(frame, wrt, seeds.count, control);
    for (int64_t first = 0; first < seeds.count; first += most) {
      const int64_t count = std::min(most, seeds.count - first);
      Walk walk(frame, {frame.examples, static_cast<int32_t>(count)}, control.precision);
      const Cotangent g = walkLabels(walk, source, first, wrt, control);
      downloadMaps(frame, g, walk.lanes, size, examples, out + (first * examples + example) * size);
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
    Frame frame = state.frame(1);
    runForward(frame, input + example * sizeIn, state.graph.output, control.abort);
    linearize(frame, wrt, control.abort);
    const LabelSource source(frame, seeds, example, examples);
    Fold fold(frame, request, source, wrt, example, examples);
    const auto waist = findWaist(frame, wrt, seeds.count, fold.mapSize(), control);
    if (waist && contestThrough(*waist, frame, wrt, source, fold, control, inShares(control, example, examples, seeds.count))) {
      fold.finish(out);
      if (control.progress) control.progress((example + 1) * seeds.count, examples * seeds.count);
      continue;
    }
    const int64_t most = labelsTogether(frame, wrt, seeds.count, control);
    for (int64_t first = 0; first < seeds.count; first += most) {
      const int64_t count = std::min(most, seeds.count - first);
      Walk walk(frame, {1, static_cast<int32_t>(count)}, control.precision);
      const Cotangent g = walkLabels(walk, source, first, wrt, control);
      fold.add(g, first, static_cast<int32_t>(count));
      state.device.wait();
      if (control.progress) control.progress(example * seeds.count + first + count, examples * seeds.count);
    }
    fold.finish(out);
  }
}

}  // namespace agon::cuda
