#pragma once
#include "meeting-path.h"

namespace agon {

/// What a pass over all labels does along the path, counted per label by a dry walk.
struct Survey {
  /// Per value of the path: cost of the pass below it, and its rows.
  std::vector<double> below;
  std::vector<RowsPtr> rows;
};

Survey surveyOf(const Graph& graph, Frame& frame, Memory& memory, const Route& whole, const Path& path, const Control& control);

/// Where on a path to meet, and the cells that are carried there.
struct Place {
  int64_t level = -1;  // none
  Cells cells;
};

/// The place that saves most of a pass of so many labels, tried with some of the cells and some joined ones.
Place bestPlace(const Path& path, const MapMaker& maker, const Cells& cells, const Survey& survey, int64_t labels, Pool& pool, const Control& control);

}  // namespace agon
