#pragma once
#include <memory>
#include <vector>

#include "fold.h"
#include "graph.h"
#include "tangents.h"

namespace agon {

/// Instructions from the input, which is the value that gradients are taken to, on, each the only reader of the value before, and how tangents get from value to value; null: they are listed alike.
struct Path {
  std::vector<int32_t> instructions, values;
  std::vector<std::unique_ptr<Carrier>> carriers;
};

Path pathOf(const Graph& graph, const Frame& frame, int32_t start, int32_t end);

/// Tangents of cells, carried along a path. One per thread.
class Carrying {
 public:
  Carrying(const Path& path, const MapMaker& maker) : path_(path), maker_(maker), own_(path.values.size() + 1), levels_(own_.size(), &own_[0]), scratch_(path.values.size()) {}
  /// The changes of value `level` of the path, and of all before it.
  const Tangents& upTo(size_t level, const std::vector<int32_t>& members) {
    maker_.tangentsOf(members, own_[0]);
    for (size_t i = 0; i <= level; i++) {
      levels_[i + 1] = path_.carriers[i] ? &own_[i + 1] : levels_[i];
      if (path_.carriers[i]) path_.carriers[i]->carry(*levels_[i], own_[i + 1], scratch_[i]);
    }
    return at(level);
  }
  const Tangents& at(size_t level) const { return *levels_[level + 1]; }
  /// Multiplications so far, of the steps to this level.
  int64_t productsTo(size_t level) const {
    int64_t products = 0;
    for (size_t i = 0; i <= level; i++) products += scratch_[i].products;
    return products;
  }

 private:
  const Path& path_;
  const MapMaker& maker_;
  std::vector<Tangents> own_;
  std::vector<const Tangents*> levels_;
  std::vector<CarrierScratch> scratch_;
};

using Cells = std::vector<std::vector<int32_t>>;

/// Map elements in cells: those with the same first element of the first value, at most mostWidth together.
Cells cellsOf(const Carrier& first, const MapMaker& maker, int64_t valueSize);

/// As many neighbours made one as `together` says, but none of more than mostWidth elements.
Cells joined(const Cells& cells, int64_t together);

}  // namespace agon
