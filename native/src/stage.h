#pragma once
#include <functional>

#include "operation.h"

namespace agon {

/// Where rows lie: those from `base` on begin at `data`, planes `step` floats apart.
struct RowView {
  float* data;
  int64_t step, base;
  /// The first plane of a row.
  float* row(int64_t row) const { return data + (row - base) * planeLanes; }
};

struct Stage;

/// Rows of `lanes` labels and where they are: in a block, or not made yet.
struct Cotangent {
  RowsPtr rows;
  BlockPtr block;
  std::shared_ptr<Stage> stage = nullptr;
  explicit operator bool() const { return rows != nullptr; }
};

/// What a thread has for one of the stages that run together: the rows of a band that the next one reads, and how long it worked on them.
struct Level {
  Buffer rows;
  double seconds = 0;
};

/// Rows that are made position by position when somebody reads them. Where the reader, too, goes from position to position, it is handed a band of
/// them while they are in the cache, and they are never written to memory; where there are several readers, they are kept on the way.
struct Stage {
  /// Makes the rows of the positions begin .. end-1 from rows of `source`.
  using Body = std::function<void(int64_t begin, int64_t end, const RowView& from, const RowView& to)>;

  /// The body reads rows of the same positions of the source if that is not made, else any.
  Cotangent source;
  /// Rows of position p: offsets[p] .. offsets[p+1]-1. The recipe holds them.
  std::shared_ptr<const Recipe> recipe;
  const std::vector<int32_t>* offsets;
  /// Products of a plane of lanes.
  double work;
  Body body;
  /// The instruction that it belongs to.
  int32_t instruction;
  /// All rows, as soon as they have a place.
  BlockPtr block = nullptr;
  bool isMade = false;

  int64_t positions() const { return static_cast<int64_t>(offsets->size()) - 1; }
  int64_t rows() const { return offsets->back(); }
  /// Makes rows for whoever reads them in bands. level[0] is this stage's, level[1] that of its source, and so on.
  void make(const Walk& walk, int64_t begin, int64_t end, const RowView& to, Level* level) const;
  /// Rows of the longest band, odd.
  int64_t bandRows(const Walk& walk) const;
  /// To be called when all rows are in the block.
  void finish();

 private:
  void runTimed(int64_t begin, int64_t end, const RowView& from, const RowView& to, Level& level) const;
  int64_t bandEnd(int64_t begin, int64_t end, int64_t most) const;
};

/// Makes all rows of a stage, which gets a block, and with it those that its sources owe to others.
void makeAll(Walk& walk, Stage& stage);

}  // namespace agon
