#pragma once
#include <vector>

#include "walk.h"

namespace agon {

struct Graph;

/// Elementwise instructions between one value x and one value y of the same extents, whose values in between nobody else reads, as GELU is in most models.
/// Going back, rows of all of them are made a tile at a time in the first cache; sums and products are those of the instructions one by one, in their order.
struct Region {
  std::vector<int32_t> steps;  // instructions, ascending; the last one makes y
  int32_t x;
  bool isReadOnce = false;    // y, by one instruction
  bool hasOneFactor = false;  // which is worth no tiles, but goes along with what makes the rows of y

  /// Takes the cotangent of y and gives that of x; false, with nothing done, where the instructions have to go one by one.
  bool backward(const Graph& graph, Walk& walk) const;
};

/// Regions of at least one instruction with factors, in the order of their last instructions.
std::vector<Region> findRegions(const Graph& graph);

struct RegionPass;

/// What makes fresh rows of a value y may take those of a part through the region that makes y, while they are in the cache.
struct Finish {
  /// Which value the rows are then of: the region's x, or y itself where there is none to go through.
  int32_t value;
  std::shared_ptr<const RegionPass> pass = nullptr;
  /// Takes rows begin .. end-1, whose planes lie in `to`, through the region.
  void take(const Walk& walk, const RowView& to, int64_t begin, int64_t end) const;
};
/// For the only cotangent of y; `slot` is one of the recipes of the current instruction.
Finish finishOf(Walk& walk, size_t slot, int32_t y, const RowsPtr& rows);

}  // namespace agon
