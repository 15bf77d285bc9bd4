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

  /// Takes the cotangent of y and gives that of x; false, with nothing done, where the instructions have to go one by one.
  bool backward(const Graph& graph, Walk& walk) const;
};

/// Regions of at least two instructions with factors, by their last instruction.
std::vector<Region> findRegions(const Graph& graph);

}  // namespace agon
