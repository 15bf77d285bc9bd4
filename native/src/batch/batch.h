#pragma once
#include "../operation.h"
#include "../kernels/lanes.h"

namespace agon {

/// Up to 16 examples on their way through the program: every computed value is rows [element][16 lanes] in an arena, given back after its last
/// reader. What the backward pass needs is kept in frame.locals and frame.wanted: a mask holds the elements that some lane wants.
/// A dry batch decides everything and computes nothing.
class Batch {
 public:
  /// `alone`: a frame of one example for operations that run lane by lane. `lastUse`: per value, the last instruction that reads it.
  Batch(Frame& frame, Frame& alone, Arena& arena, const std::vector<int32_t>& lastUse, bool dry)
      : frame(frame), alone(alone), kernels(laneKernels(frame.kernels)), dry(dry), arena_(arena), lastUse_(lastUse),
        blocks_(frame.values.size()) {}

  Frame& frame;
  Frame& alone;
  const LaneKernels& kernels;
  const bool dry;
  int32_t current = 0;

  int64_t size(int32_t value) const { return frame.size(value); }
  Pool& pool() const { return frame.pool; }
  bool wants(int32_t value) const { return value >= 0 && frame.wanted[value] != nullptr; }

  /// Rows to read; those of a constant are made for the current instruction.
  const float* rows(int32_t value);
  float* write(int32_t value);
  /// Rows of `value` where those of `of` are, if nobody reads those later, else elsewhere.
  float* writeOver(int32_t value, int32_t of);
  void alias(int32_t value, int32_t of);
  /// Memory until it is let go.
  BlockPtr scratch(int64_t floats) { return std::make_shared<Block>(arena_, floats); }
  /// Gives back what no later instruction reads.
  void finish();

  /// Memory of the current instruction for the backward pass; null in a dry batch.
  uint16_t* keepBits(int64_t count);
  float* keepRows(Buffer Local::*which, int64_t count);
  int32_t* keepIndex(int64_t count);
  /// Bytes kept so far.
  int64_t kept = 0;

 private:
  BlockPtr blockOf(int32_t value);

  Arena& arena_;
  const std::vector<int32_t>& lastUse_;
  std::vector<BlockPtr> blocks_;
  std::vector<BlockPtr> constants_;
};

/// Calls body(element begin, element end) with pieces of some tens of microseconds where a row takes about a nanosecond.
template <class Body>
void eachElement(const Batch& batch, int64_t count, Body body) {
  batch.pool().each(count, 1 << 13, body);
}

/// Runs an operation on every lane alone, and gathers what its linearize leaves: Local::a and b in rowsA and rowsB, index as [entry][16].
void forwardByLane(Batch& batch, const Operation& operation);

}  // namespace agon
