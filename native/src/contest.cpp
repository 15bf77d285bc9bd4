#include "contest.h"

#include <algorithm>

#include "meeting.h"
#include "stopwatch.h"
#include "waist.h"

namespace agon {

namespace {

int64_t mapSizeOf(const ContestRequest& request, int64_t size) { return request.sum ? request.sum->outer * request.sum->inner : size; }

}  // namespace

ContestRun::ContestRun(const Graph& graph, Frame& frame, const float* input, int64_t examples, const ContestRequest& request,
                       const ContestArrays& out, const Control& control)
    : graph_(graph), input_(input), wrt_(request.wrt < 0 ? graph.input : request.wrt), examples_(examples),
      inputSize_(graph.values[graph.input].size), size_(graph.values[wrt_].size), mapSize_(mapSizeOf(request, size_)),
      request_(request), seeds_{request.seeds.count, nullptr, request.seeds.labels, request.seeds.scaleByLogit}, out_(out), control_(control),
      frame_(frame), batch_(graph, frame, control) {
  if (seeds_.count == 0) clearExtremes(out, 0, examples * mapSize_);
  if (request.mapCount > 0) std::fill_n(out.maps, request.mapCount * examples * mapSize_, 0.0f);
  if (control.trace) control.trace->steps.assign(graph.operations.size(), {});
}

/// Adds the time that run() takes to the trace.
template <class Run>
void ContestRun::timed(double Trace::*seconds, Run run) const {
  const Stopwatch watch;
  run();
  if (control_.trace) control_.trace->*seconds += watch.seconds();
}

void ContestRun::alone(int64_t n) {
  timed(&Trace::forwardSeconds, [&] {
    runForward(graph_, frame_, input_ + n * inputSize_, graph_.output, control_.abort);
    linearize(graph_, frame_, wrt_, control_.abort);
  });
  const LabelSource source(graph_.output, seeds_, n, examples_);
  Memory memory(graph_.operations.size(), graph_.values.size());
  const auto waist = findWaist(graph_, frame_, memory, source, place(n), control_);
  if (waist && contestThrough(*waist, graph_, frame_, memory, source, request_, place(n), control_, out_)) {
    if (control_.progress) control_.progress((n + 1) * seeds_.count, examples_ * seeds_.count);
    return;
  }
  const FoldPlace at = place(n);
  const MapMaker maker(request_, size_, n);
  FoldSink sink(graph_, maker, request_, at, out_);
  eachMap(graph_, frame_, memory, wholeRoute(graph_, source, wrt_), maker, sink, control_, [&](int64_t done) {
    sink.finish();
    if (control_.progress) control_.progress(n * seeds_.count + done, examples_ * seeds_.count);
  });
}

bool ContestRun::inLanes(int64_t first, int64_t count) {
  const Trace before = control_.trace ? *control_.trace : Trace();
  bool fits = false, isFinite = true;
  clearExtremes(out_, first * mapSize_, count * mapSize_);
  timed(&Trace::forwardSeconds, [&] { fits = batch_.forward(input_ + first * graph_.values[graph_.input].size, first, count, graph_.output, wrt_); });
  fits = fits && batch_.backward(seeds_, examples_, [&](const Walk& walk, const Cotangent& g, int64_t label) {
    timed(&Trace::foldSeconds, [&] { isFinite = foldLanes(walk, g, request_, place(first), label, count, out_) && isFinite; });
  });
  if (fits && isFinite) return true;
  if (control_.trace) *control_.trace = before;
  return false;
}

}  // namespace agon
