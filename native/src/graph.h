#pragma once
#include <agon/error.h>
#include <agon/session.h>

#include "producers.h"
#include "region.h"
#include "source.h"

namespace agon {

/// A program made ready: contents of values that nobody reads any more are dropped.
struct Graph {
  std::vector<Value> values;
  std::vector<std::unique_ptr<Operation>> operations;
  std::vector<int32_t> producer;  // per value: its instruction, or -1
  std::vector<uint8_t> isConstant;
  int32_t input, output;
  bool canBatch;
  int32_t trunk;  // see few/run.h
  std::vector<Region> regions;
  std::vector<int32_t> regionOf;  // per instruction: the region that it ends, or -1
};

/// Checks and prepares a program. Throws AGON_INTERNAL.
Graph prepare(Program program);

/// Throws AGON_ABORTED if the flag is set.
void throwIfAborted(const std::atomic<bool>* abort);

Frame makeFrame(const Graph& graph, Pool& pool);

/// Runs one example, up to and including the instruction that makes `until`. `input` must outlive the frame's use.
void runForward(const Graph& graph, Frame& frame, const float* input, int32_t until, const std::atomic<bool>* abort);

/// After runForward: coefficients and wanted masks of everything between `wrt` and the output.
void linearize(const Graph& graph, Frame& frame, int32_t wrt, const std::atomic<bool>* abort);

/// Lanes of a chunk are a multiple of the fewest.
constexpr int mostLanes = mostPlanes * planeLanes, fewestLanes = planeLanes;

/// A way through the program: from a source back to the value `target`, through the instructions last, last - 1, ... first.
struct Route {
  const Source& source;
  int32_t last, first, target;
  /// Way::Batch: lanes are examples.
  Way way = Way::Skip;
  const Sink* sink = nullptr;
  /// Called before every instruction of a dry walk, which then goes through regions one instruction at a time.
  std::function<void(const Walk&, int32_t instruction)> before = nullptr;
};

/// Products of a pass that skips nothing.
int64_t denseProducts(const Graph& graph, const Frame& frame);
/// Products of all labels below which a pass is as it is: there is little to save, and small nets keep one rounding whatever the labels.
constexpr int64_t leastProducts = int64_t{200} << 20;

/// The first instruction that reads a value; -1 if none does.
int32_t firstReader(const Graph& graph, int32_t value);

/// The way from a source at the output to `target`.
Route wholeRoute(const Graph& graph, const Source& source, int32_t target);

/// Walks one chunk back and returns the cotangent of the target (empty: zero for every label). A dry walk computes nothing.
Cotangent walkBack(const Graph& graph, Walk& walk, const Route& route, const ChunkSeeds& chunk, const Control& control);

/// Runs a source chunk by chunk within the byte budget, and calls use(walk, cotangent, first, count) for each.
/// begin(walk, first, count), if given, is called before each walk.
using UseChunk = std::function<void(const Walk&, const Cotangent&, int64_t first, int64_t count)>;
using BeginChunk = std::function<void(const Walk&, int64_t first, int64_t count)>;
void eachChunk(const Graph& graph, Frame& frame, Memory& memory, const Route& route, const Control& control, const UseChunk& use,
               const BeginChunk& begin = nullptr);

/// Runs passes; false if the budget is too small for the smallest chunk.
template <class Run>
bool fits(Run run) {
  try {
    run();
    return true;
  } catch (const Error& error) {
    if (error.code() != "AGON_OUT_OF_BUDGET") throw;
    return false;
  }
}

/// out[label first + j of example] = lane j: rows to dense maps; out is [labels, examples, size].
void writeDense(const Walk& walk, const Cotangent& cotangent, int64_t size, int64_t first, int64_t count, int64_t example,
                int64_t examples, float* out);

}  // namespace agon
