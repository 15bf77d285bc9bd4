#pragma once
#include <agon/session.h>

#include "walk.h"

namespace agon {

/// A program made ready: contents of values that nobody reads any more are dropped.
struct Graph {
  std::vector<Value> values;
  std::vector<std::unique_ptr<Operation>> operations;
  std::vector<int32_t> producer;  // per value: its instruction, or -1
  std::vector<uint8_t> isConstant;
  int32_t input, output;
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

/// The cotangents of one chunk of labels at the output: which rows there are, and what they hold.
struct ChunkSeeds {
  RowsPtr rows;
  int64_t first = 0, count = 0;  // labels first .. first + count - 1 are in lanes 0 .. count - 1
};

/// Rows of labels first .. first+count-1 of example `example` of `examples`; null rows if no wanted element has one.
ChunkSeeds seedRows(const Graph& graph, const Frame& frame, const Seeds& seeds, int64_t example, int64_t examples, int64_t first,
                    int64_t count);

/// Walks one chunk back and returns the cotangent of `wrt` (empty: zero for every label). A dry walk computes nothing.
Cotangent walkBack(const Graph& graph, Walk& walk, const Seeds& seeds, const ChunkSeeds& chunk, int64_t example, int64_t examples,
                   int32_t wrt, const Control& control);

/// Runs labels chunk by chunk within the byte budget, and calls use(walk, cotangent, first label, number of labels) for each.
using UseChunk = std::function<void(const Walk&, const Cotangent&, int64_t first, int64_t count)>;
void eachChunk(const Graph& graph, Frame& frame, const Seeds& seeds, int64_t example, int64_t examples, int32_t wrt,
               const Control& control, const UseChunk& use);

/// out[label first + j of example] = lane j: rows to dense maps; out is [labels, examples, size].
void writeDense(const Walk& walk, const Cotangent& cotangent, int64_t size, int64_t first, int64_t count, int64_t example,
                int64_t examples, float* out);

/// Fold of one chunk of one example into the extremes. Throws AGON_NOT_FINITE naming label and example.
void foldChunk(const Walk& walk, const Cotangent& cotangent, const ContestRequest& request, int64_t inputSize, int64_t example,
               int64_t examples, int64_t first, int64_t count, const ContestArrays& out);
/// Sets the extremes to those of no label, and maps to 0.
void clearContest(const ContestArrays& out, int64_t elements, int64_t mapElements);

}  // namespace agon
