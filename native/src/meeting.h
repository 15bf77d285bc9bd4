#pragma once
#include <optional>

#include "fold.h"
#include "graph.h"
#include "tangents.h"

namespace agon {

/// A value near the input at which a pass back may end: tangents of the map's elements, carried forward to it once per example, meet the cotangents of all
/// labels there. map[m] = sum over elements e of the value: change[e, m] * cotangent[e], where change[., m] is how the value changes when input element c of
/// map element m, for every c, changes by its factor. What lies below is left out of the pass of every label: its products, and its rows.
struct Meeting {
  /// Neighbouring elements of the map that change much the same elements of the value.
  struct Cell {
    std::vector<int32_t> members;  // of the map
    int64_t firstTerm, terms;      // of the part
    int64_t firstChange;           // of the part: [term][member]
  };
  struct Part {
    std::vector<Cell> cells;
    std::vector<int32_t> element;  // per term: of the value
    std::vector<float> change;
    std::vector<int32_t> row;      // per term: of the cotangent
    int64_t bytes() const;
  };

  int32_t value = -1;
  /// The instructions that lie below, from the input on, and elements of their outputs that would carry a cotangent.
  std::vector<int32_t> below;
  std::vector<int64_t> alive;
  std::vector<Part> parts;
  /// Multiplications per label in place of those below.
  int64_t products = 0;
  /// What the terms' rows are from.
  RowsPtr rows;
  /// By the clock, all chunks together.
  double seconds = 0;

  int64_t bytes() const;
  /// The part of a route that is left: down to the value.
  Route cut(const Graph& graph, Route route) const;
};

/// The meeting that saves most of a pass; none if the cotangents are few, the pass is small, or none saves anything.
std::optional<Meeting> findMeeting(const Graph& graph, Frame& frame, Memory& memory, const Route& whole, const MapMaker& maker, const Control& control);

/// Runs a source back to the maps, chunk by chunk, which the sink takes; told(done) is called after each with the cotangents done. Ends at a meeting if
/// there is one.
void eachMap(const Graph& graph, Frame& frame, Memory& memory, const Route& whole, const MapMaker& maker, MapSink& sink, const Control& control,
             const std::function<void(int64_t done)>& told);

}  // namespace agon
