#pragma once
#include <optional>

#include "fold.h"
#include "graph.h"

namespace agon {

/// A value through which every path from the labels leads, with fewer units than there are labels. Below it the pass carries the units in place
/// of the labels: a label's map is the sum of the units' maps, weighted with the label's cotangent at the waist.
struct Waist {
  int32_t value;
  /// The first instruction of the pass below, going back.
  int32_t below;
  /// Per element the unit it belongs to (elements with one row are one unit), or -1.
  RowsPtr units;
  /// Multiplications below, per unit.
  int64_t products;
};

/// The waist that saves most products, counted from the masks; none if no waist saves a tenth, or the whole pass is small.
/// Only linear operations lie below it.
std::optional<Waist> findWaist(const Graph& graph, Frame& frame, Memory& memory, const Source& labels, const FoldPlace& place, const Control& control);

/// The contest of one example through a waist. False, with nothing done to `out`, if labels do not agree about the units, or the units' maps and a pass
/// beside them do not fit the budget.
bool contestThrough(const Waist& waist, const Graph& graph, Frame& frame, Memory& memory, const Source& labels, const ContestRequest& request,
                    const FoldPlace& place, const Control& control, const ContestArrays& out);

}  // namespace agon
