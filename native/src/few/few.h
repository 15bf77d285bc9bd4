#pragma once
#include <type_traits>

#include "../kernels/lanes.h"
#include "../operation.h"

namespace agon {

/// At most mostFew examples on their way through the beginning of a program and back, in averaged passes: values and cotangents lie as [element][example], so
/// that nothing is repeated in lanes that no example has. Every sum is the chain that rows of 16 lanes have. Rows here are 16 floats of neighbours; those of a
/// last row beyond the value may hold anything. A dry pass decides everything and computes nothing.
class Few {
 public:
  /// `lastUse`: per value, the last instruction that reads it. `wanted`: whether a value depends on the one that the pass goes back to.
  Few(Frame& frame, Arena& arena, const std::vector<int32_t>& lastUse, const std::vector<uint8_t>& wanted, int examples, bool dry)
      : frame(frame), kernels(laneKernels(frame.kernels)), examples(examples), dry(dry), arena_(arena), lastUse_(lastUse), wanted_(wanted),
        values_(frame.values.size()), cotangents_(frame.values.size()), kept_(frame.locals.size()) {}

  Frame& frame;
  const LaneKernels& kernels;
  const int examples;
  const bool dry;
  int32_t current = 0;

  Pool& pool() const { return frame.pool; }
  int64_t size(int32_t value) const { return frame.size(value); }
  int64_t rows(int32_t value) const { return (size(value) * examples + batchLanes - 1) / batchLanes; }
  bool wants(int32_t value) const { return value >= 0 && wanted_[value] != 0; }

  BlockPtr scratch(int64_t floats) { return std::make_shared<Block>(arena_, floats); }
  const float* read(int32_t value) const { return values_[value]->data(); }
  float* write(int32_t value);
  /// Where `of` is, if nobody reads that later, else elsewhere.
  float* writeOver(int32_t value, int32_t of);
  void alias(int32_t value, int32_t of) { values_[value] = values_[of]; }
  void forget(int32_t value) { values_[value].reset(); }
  /// Gives back what no later instruction reads.
  void finish();

  /// Memory of the current instruction until it goes back; so many bytes.
  void* keep(int64_t bytes);
  const void* kept() const { return kept_[current]->data(); }

  bool reached(int32_t value) const { return cotangents_[value] != nullptr; }
  BlockPtr cotangentOf(int32_t value) { return scratch(rows(value) * batchLanes); }
  BlockPtr take(int32_t value);
  /// Adds to the cotangent of a value.
  void give(int32_t value, BlockPtr block);

 private:
  void add(const BlockPtr& to, const BlockPtr& a, const BlockPtr& b, int64_t rows) const;

  Arena& arena_;
  const std::vector<int32_t>& lastUse_;
  const std::vector<uint8_t>& wanted_;
  std::vector<BlockPtr> values_, cotangents_, kept_;
};

/// Calls body with the number of examples, as a constant.
template <class Body>
void withCount(int examples, Body body) {
  if (examples == 1) body(std::integral_constant<int, 1>{});
  else if (examples == 2) body(std::integral_constant<int, 2>{});
  else if (examples == 3) body(std::integral_constant<int, 3>{});
  else body(std::integral_constant<int, 4>{});
}

/// Calls body(row begin, row end) with pieces of some tens of microseconds where a row takes about a nanosecond.
template <class Body>
void eachRow(const Few& few, int64_t rows, Body body) {
  few.pool().each(rows, 1 << 13, body);
}

}  // namespace agon
