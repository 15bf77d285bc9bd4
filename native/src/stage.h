#pragma once
#include <functional>

#include "operation.h"

namespace agon {

/// Where rows of a band lie that moves on: those of a position side by side, from row offsets[position] modulo `rows` on.
struct Ring {
  const int32_t* offsets;
  int64_t rows;
  /// The row that lies at the beginning, for those of a position.
  int64_t shift(int64_t position) const { return offsets[position] / rows * rows; }
};

/// Where rows lie: those from `base` on begin at `data`, planes `step` floats apart, `planes` of them from firstPlane on.
struct RowView {
  float* data;
  int64_t step, base;
  int firstPlane, planes;
  /// If given, says where they lie in place of `base`.
  const Ring* ring = nullptr;
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

/// Which positions of its source a stage reads, for readers that go on: for position p and those after it none before from[p], for p and those
/// before it none from to[p] on. Both ascend.
struct Reach {
  std::vector<int32_t> from, to;
};

inline int64_t rowBytes(int planes) { return static_cast<int64_t>(sizeof(float)) * planes * planeLanes; }

/// What a thread has for one of the stages that run together: the rows of a band that the next one reads, and how long it worked on them.
struct Level {
  float* rows = nullptr;
  int64_t step = 0;
  /// If the reader reads beside its own positions: those before `made` are there as long as somebody may read them.
  Ring ring = {nullptr, 0};
  int64_t made = 0;
  double seconds = 0;
};

/// Rows that are made position by position when somebody reads them. Where the reader, too, goes from position to position, it is handed a band of
/// them while they are in the cache, and they are never written to memory; where there are several readers, they are kept on the way.
struct Stage {
  /// Makes the rows of the positions begin .. end-1 from rows of `source`.
  using Body = std::function<void(int64_t begin, int64_t end, const RowView& from, const RowView& to)>;

  /// If the source is not made, the body reads rows of the same positions, or those of its reach.
  Cotangent source;
  /// Rows of position p: offsets[p] .. offsets[p+1]-1. The recipe holds them.
  std::shared_ptr<const Recipe> recipe;
  const std::vector<int32_t>* offsets;
  /// Products of a plane of lanes.
  double work;
  Body body;
  /// The instruction that it belongs to.
  int32_t instruction;
  const Reach* reach = nullptr;
  /// All rows, as soon as they have a place.
  BlockPtr block = nullptr;
  bool isMade = false;

  int64_t positions() const { return static_cast<int64_t>(offsets->size()) - 1; }
  int64_t rows() const { return offsets->back(); }
  /// Makes rows for whoever reads them in bands. level[0] is this stage's, level[1] that of its source, and so on.
  void make(const Walk& walk, int64_t begin, int64_t end, const RowView& to, Level* level) const;
  /// Of the position that has most.
  int64_t mostRows() const;
  /// Rows of the longest band of some planes, odd.
  int64_t bandRows(const Walk& walk, int planes) const;
  /// To be called when all rows are in the block.
  void finish();

 private:
  void makeInRing(const Walk& walk, int64_t begin, int64_t end, const RowView& to, Level* level) const;
  void runTimed(int64_t begin, int64_t end, const RowView& from, const RowView& to, Level& level) const;
  int64_t bandEnd(int64_t begin, int64_t end, int64_t most) const;
};

/// Makes all rows of a stage, which gets a block, and with it those that its sources owe to others.
void makeAll(Walk& walk, Stage& stage);

}  // namespace agon
