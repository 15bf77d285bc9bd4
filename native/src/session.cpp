#include <agon/session.h>

#include <algorithm>

#include "graph.h"
#include "stopwatch.h"
#include "waist.h"

namespace agon {

struct Session::State {
  Graph graph;
  std::shared_ptr<Pool> pool;

  int64_t size(int32_t value) const { return graph.values[value].size; }
};

namespace {

void checkValue(const Graph& graph, int32_t value) {
  const int32_t count = static_cast<int32_t>(graph.values.size());
  if (value < 0 || value >= count)
    throw Error("AGON_BAD_INPUT", "value: expected an id in 0 .. " + std::to_string(count - 1) + ", found " + std::to_string(value));
}

void checkLabels(const Graph& graph, const Seeds& seeds, int64_t examples) {
  if (seeds.dense) return;
  const int64_t logits = graph.values[graph.output].size;
  for (int64_t i = 0; i < examples * seeds.count; i++) {
    if (seeds.labels[i] >= 0 && seeds.labels[i] < logits) continue;
    throw Error("AGON_BAD_INPUT", "label: expected 0 .. " + std::to_string(logits - 1) + ", found " + std::to_string(seeds.labels[i]));
  }
}

/// The contest of one example, all labels in chunks.
void contestChunks(const Graph& graph, Frame& frame, const Source& labels, const ContestRequest& request, const FoldPlace& place,
                   const Control& control, const ContestArrays& out) {
  FoldSink sink(graph, request, place, out);
  Route route = wholeRoute(graph, labels, graph.input);
  route.sink = &sink;
  const auto use = [&](const Walk& walk, const Cotangent& g, int64_t first, int64_t count) {
    const Stopwatch watch;
    if (walk.sunk) sink.finish();
    else foldChunk(walk, g, request, place, first, count, out);
    if (control.trace) control.trace->foldSeconds += watch.seconds();
    if (control.progress) control.progress(place.example * labels.count + first + count, place.examples * labels.count);
  };
  eachChunk(graph, frame, route, control, use, [&](const Walk& walk, int64_t first, int64_t count) { sink.begin(walk, first, count); });
}

}  // namespace

Session::Session(Program program, std::shared_ptr<Pool> pool)
    : state_(std::make_unique<State>(State{prepare(std::move(program)), std::move(pool)})) {}

Session::~Session() = default;

int64_t Session::sizeOf(int32_t value) const {
  checkValue(state_->graph, value);
  return state_->size(value);
}

void Session::forward(const float* input, int64_t examples, int32_t at, float* out, const Control& control) const {
  const Graph& graph = state_->graph;
  checkValue(graph, at);
  Frame frame = makeFrame(graph, *state_->pool);
  const int64_t sizeIn = state_->size(graph.input), sizeOut = state_->size(at);
  for (int64_t n = 0; n < examples; n++) {
    runForward(graph, frame, input + n * sizeIn, at, control.abort);
    if (!frame.data[at] && sizeOut > 0)
      throw Error("AGON_BAD_INPUT", "value " + std::to_string(at) + ": expected a value that is computed, found packed weights");
    std::copy(frame.data[at], frame.data[at] + sizeOut, out + n * sizeOut);
  }
}

void Session::vjp(const float* input, int64_t examples, const Seeds& seeds, int32_t wrt, float* out, const Control& control) const {
  const Graph& graph = state_->graph;
  checkValue(graph, wrt);
  if (graph.isConstant[wrt])
    throw Error("AGON_BAD_INPUT", "value " + std::to_string(wrt) + ": expected one that depends on the input, found a constant");
  checkLabels(graph, seeds, examples);
  Frame frame = makeFrame(graph, *state_->pool);
  const int64_t sizeIn = state_->size(graph.input), size = state_->size(wrt);
  for (int64_t n = 0; n < examples; n++) {
    runForward(graph, frame, input + n * sizeIn, graph.output, control.abort);
    linearize(graph, frame, wrt, control.abort);
    const LabelSource source(graph.output, seeds, n, examples);
    eachChunk(graph, frame, wholeRoute(graph, source, wrt), control, [&](const Walk& walk, const Cotangent& g, int64_t first, int64_t count) {
      writeDense(walk, g, size, first, count, n, examples, out);
      if (control.progress) control.progress(n * seeds.count + first + count, examples * seeds.count);
    });
  }
}

void Session::contest(const float* input, int64_t examples, const ContestRequest& request, const ContestArrays& out,
                      const Control& control) const {
  const Graph& graph = state_->graph;
  const Seeds seeds{request.seeds.count, nullptr, request.seeds.labels, request.seeds.scaleByLogit};
  checkLabels(graph, seeds, examples);
  const int64_t size = state_->size(graph.input);
  if (request.sum && request.sum->outer * request.sum->extent * request.sum->inner != size)
    throw Error("AGON_BAD_INPUT", "summed axis: expected extents that multiply to " + std::to_string(size));
  const int64_t mapSize = request.sum ? request.sum->outer * request.sum->inner : size;
  clearContest(out, examples * mapSize, request.mapCount * examples * mapSize);
  Frame frame = makeFrame(graph, *state_->pool);
  if (control.trace) control.trace->steps.assign(graph.operations.size(), {});
  for (int64_t n = 0; n < examples; n++) {
    const Stopwatch forward;
    runForward(graph, frame, input + n * size, graph.output, control.abort);
    linearize(graph, frame, graph.input, control.abort);
    if (control.trace) control.trace->forwardSeconds += forward.seconds();
    const FoldPlace place = {n, examples, mapSize, size};
    const LabelSource source(graph.output, seeds, n, examples);
    const auto waist = findWaist(graph, frame, source, mapSize, control);
    if (!waist || !contestThrough(*waist, graph, frame, source, request, place, control, out))
      contestChunks(graph, frame, source, request, place, control, out);
    else if (control.progress) control.progress((n + 1) * seeds.count, examples * seeds.count);
  }
}

}  // namespace agon
