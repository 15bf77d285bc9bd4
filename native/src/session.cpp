#include <agon/session.h>

#include <algorithm>

#include "batch/choose.h"
#include "contest.h"
#include "few/run.h"
#include "spares.h"

namespace agon {

struct Session::State {
  Graph graph;
  std::shared_ptr<Pool> pool;
  Spares spares;

  State(Graph ready, std::shared_ptr<Pool> shared) : graph(std::move(ready)), pool(std::move(shared)), spares(graph, *pool) {}
  int64_t size(int32_t value) const { return graph.values[value].size; }
};

namespace {

void checkValue(const Graph& graph, int32_t value) {
  const int32_t count = static_cast<int32_t>(graph.values.size());
  if (value < 0 || value >= count)
    throw Error("AGON_BAD_INPUT", "value: expected an id in 0 .. " + std::to_string(count - 1) + ", found " + std::to_string(value));
}

void checkComputed(const Graph& graph, int32_t value) {
  checkValue(graph, value);
  if (graph.isConstant[value])
    throw Error("AGON_BAD_INPUT", "value " + std::to_string(value) + ": expected one that depends on the input, found a constant");
}

void checkLabels(const Graph& graph, const Seeds& seeds, int64_t examples) {
  if (seeds.dense) return;
  const int64_t logits = graph.values[graph.output].size;
  for (int64_t i = 0; i < examples * seeds.count; i++) {
    if (seeds.labels[i] >= 0 && seeds.labels[i] < logits) continue;
    throw Error("AGON_BAD_INPUT", "label: expected 0 .. " + std::to_string(logits - 1) + ", found " + std::to_string(seeds.labels[i]));
  }
}

void checkPrecision(const Control& control) {
  if (control.precision == Precision::Tf32) throw Error("AGON_BAD_OPTION", "precision: expected fp32 or bf16, found tf32, which only the core for GPUs has");
}

/// Calls together(first, count) for groups of up to 16 examples that run in lanes, and alone(example) for the others and for the groups that
/// do not fit the budget, where together returns false.
template <class Together, class Alone>
void eachGroup(const Graph& graph, int64_t examples, int64_t labels, const Control& control, Together together, Alone alone) {
  bool mayBatch = graph.canBatch && control.batch != Choice::Never && control.precision == Precision::Fp32;
  for (int64_t n = 0; n < examples;) {
    const int64_t end = std::min<int64_t>(examples, n + batchLanes);
    const bool tries = mayBatch && (control.batch == Choice::Always || isFasterInLanes(end - n, labels));
    if (tries && together(n, end - n)) {
      n = end;
      continue;
    }
    if (tries) mayBatch = false;
    for (; n < end; n++) alone(n);
  }
}

/// Whether the sums of a pass are those of tiles: a property of the pass, not of how its examples are run, so that these are the same bits.
bool goesInTiles(const Graph& graph, const Seeds& seeds, const Control& control) {
  return graph.canBatch && seeds.averaged && seeds.count == 1 && control.precision == Precision::Fp32;
}

/// Of an example that runs alone: its one label may be repeated in all lanes.
void setTiles(Frame& frame, bool inTiles) {
  frame.inTiles = inTiles;
  frame.distinct = inTiles ? 1 : batchLanes;
}

/// Tells of progress only as it goes on: a group or an example that is run again in another way, because it did not fit the budget, begins anew.
Control onward(Control control) {
  if (!control.progress) return control;
  control.progress = [tell = std::move(control.progress), told = int64_t{0}](int64_t done, int64_t total) mutable {
    if (done <= told) return;
    told = done;
    tell(done, total);
  };
  return control;
}

}  // namespace

Session::Session(Program program, std::shared_ptr<Pool> pool)
    : state_(std::make_unique<State>(prepare(std::move(program)), std::move(pool))) {}

Session::~Session() = default;

bool Session::canBatch() const { return state_->graph.canBatch; }

int64_t Session::sizeOf(int32_t value) const {
  checkValue(state_->graph, value);
  return state_->size(value);
}

void Session::forward(const float* input, int64_t examples, int32_t at, float* out, const Control& control) const {
  const Graph& graph = state_->graph;
  checkValue(graph, at);
  const Lease lease = state_->spares.take();
  Frame& frame = *lease;
  setTiles(frame, false);
  BatchRun batch(graph, frame, control);
  FewRun few(graph, frame, control);
  const int64_t sizeIn = state_->size(graph.input), sizeOut = state_->size(at);
  const auto together = [&](int64_t first, int64_t count) {
    if (graph.isConstant[at] || !batch.forward(input + first * sizeIn, first, count, at, -1)) return false;
    unpackLanes(*state_->pool, batch.result(), sizeOut, count, out + first * sizeOut);
    return true;
  };
  eachGroup(graph, examples, 0, control, together, [&](int64_t n) {
    if (control.batch != Choice::Auto || !few.forwardOne(input + n * sizeIn, at)) runForward(graph, frame, input + n * sizeIn, at, control.abort);
    if (!frame.data[at] && sizeOut > 0)
      throw Error("AGON_BAD_INPUT", "value " + std::to_string(at) + ": expected a value that is computed, found packed weights");
    std::copy(frame.data[at], frame.data[at] + sizeOut, out + n * sizeOut);
  });
}

void Session::vjp(const float* input, int64_t examples, const Seeds& seeds, int32_t wrt, float* out, const Control& given) const {
  const Control control = onward(given);
  const Graph& graph = state_->graph;
  checkComputed(graph, wrt);
  checkLabels(graph, seeds, examples);
  checkPrecision(control);
  const Lease lease = state_->spares.take();
  Frame& frame = *lease;
  setTiles(frame, goesInTiles(graph, seeds, control));
  BatchRun batch(graph, frame, control);
  const int64_t sizeIn = state_->size(graph.input), size = state_->size(wrt);
  FewRun few(graph, frame, control);
  const auto fewAt = [&](int64_t first, int64_t count) {
    return control.batch == Choice::Auto && few.run(input + first * sizeIn, first, count, seeds, examples, wrt, out);
  };
  const auto together = [&](int64_t first, int64_t count) {
    if (fewAt(first, count)) return true;
    return batch.forward(input + first * sizeIn, first, count, graph.output, wrt) &&
           batch.backward(seeds, examples, [&](const Walk& walk, const Cotangent& g, int64_t label) {
             writeLanes(walk, g, size, label, first, count, examples, out);
           });
  };
  eachGroup(graph, examples, seeds.count, control, together, [&](int64_t n) {
    if (fewAt(n, 1)) return;
    runForward(graph, frame, input + n * sizeIn, graph.output, control.abort);
    linearize(graph, frame, wrt, control.abort);
    const LabelSource source(graph.output, seeds, n, examples);
    Memory memory(graph.operations.size(), graph.values.size());
    eachChunk(graph, frame, memory, wholeRoute(graph, source, wrt), control, [&](const Walk& walk, const Cotangent& g, int64_t first, int64_t count) {
      writeDense(walk, g, size, first, count, n, examples, out);
      if (control.progress) control.progress(n * seeds.count + first + count, examples * seeds.count);
    });
  });
}

void Session::contest(const float* input, int64_t examples, const ContestRequest& request, const ContestArrays& out,
                      const Control& control) const {
  const Graph& graph = state_->graph;
  checkLabels(graph, {request.seeds.count, nullptr, request.seeds.labels}, examples);
  const int32_t wrt = request.wrt < 0 ? graph.input : request.wrt;
  checkComputed(graph, wrt);
  const int64_t size = state_->size(wrt);
  if (request.sum && request.sum->outer * request.sum->extent * request.sum->inner != size)
    throw Error("AGON_BAD_INPUT", "summed axis: expected extents that multiply to " + std::to_string(size));
  checkPrecision(control);
  Control chosen = onward(control);
  if (control.waist == Choice::Always || control.meet == Choice::Always || control.precision == Precision::Bf16) chosen.batch = Choice::Never;
  else if (control.batch == Choice::Always && graph.canBatch) chosen.waist = chosen.meet = Choice::Never;
  const Lease lease = state_->spares.take();
  setTiles(*lease, false);
  ContestRun run(graph, *lease, input, examples, request, out, chosen);
  const auto together = [&](int64_t first, int64_t count) { return run.inLanes(first, count); };
  eachGroup(graph, examples, request.seeds.count, chosen, together, [&](int64_t n) { run.alone(n); });
}

}  // namespace agon
