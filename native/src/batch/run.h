#pragma once
#include "../fold.h"
#include "../graph.h"
#include "batch.h"

namespace agon {

/// True if every operation can, and no weight is infinite or NaN: a skipped zero times such a weight would be missed.
bool canBatch(const std::vector<std::unique_ptr<Operation>>& operations, const std::vector<Value>& values);

/// A label pass of up to 16 examples: its cotangents at the wanted value, lane = example of the group.
using UseLanes = std::function<void(const Walk&, const Cotangent&, int64_t label)>;

/// Runs groups of up to 16 examples in lanes; memory is kept from group to group.
class BatchRun {
 public:
  /// Runs as `caller` says, and where its rows lie.
  BatchRun(const Graph& graph, Frame& caller, const Control& control) : BatchRun(graph, caller, caller.rows, control, graph.input) {}
  /// The same from the value `input` on, of which alone what follows is made, with rows of its own.
  BatchRun(const Graph& graph, Frame& caller, Buffer& rows, const Control& control, int32_t input);

  /// Examples first .. first + count - 1, whose inputs are given [count, size], through the program. `wrt` >= 0 prepares the backward pass to that value.
  /// False, with nothing computed, if the budget is too small.
  bool forward(const float* input, int64_t first, int64_t count, int32_t until, int32_t wrt);

  /// Rows of `until`.
  const float* result() const { return result_.data(); }

  /// After forward: walks every label back. False, before any use, if the budget is too small.
  bool backward(const Seeds& seeds, int64_t examples, const UseLanes& use);

 private:
  void run(bool dry, Arena& arena, const float* input);
  bool fits(int64_t floats, int64_t bytes) const;
  void reserve(int64_t floats);
  /// Recipes made from masks that the next group has as well stay, if the budget holds them.
  void nextInput();

  const Graph& graph_;
  const Control& control_;
  Frame frame_, alone_;
  Memory memory_;
  std::vector<int32_t> lastUse_;
  Buffer& buffer_;
  Buffer result_;
  const int32_t input_;
  int32_t until_ = -1, wrt_ = -1;
  int64_t first_ = 0, count_ = 0, forwardFloats_ = 0, kept_ = 0, aloneBytes_ = 0;
};

/// out [examples of the group, size] = the lanes of rows [size][16].
void unpackLanes(Pool& pool, const float* rows, int64_t size, int64_t count, float* out);

/// out [labels, examples, size]: the maps of one label, examples first ...
void writeLanes(const Walk& walk, const Cotangent& cotangent, int64_t size, int64_t label, int64_t first, int64_t count, int64_t examples,
                float* out);

/// Fold of one label of the `count` examples from place.example on into the extremes. False if a map is not finite.
bool foldLanes(const Walk& walk, const Cotangent& cotangent, const ContestRequest& request, const FoldPlace& place, int64_t label, int64_t count,
               const ContestArrays& out);

}  // namespace agon
