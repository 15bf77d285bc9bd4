#pragma once
#include <agon/session.h>

#include "walk.h"

namespace agon {

/// The cotangents of one chunk at the value where a pass begins: which rows there are; cotangents first .. first + count - 1 are in lanes 0 .. count - 1.
struct ChunkSeeds {
  RowsPtr rows;  // null if no wanted element has one
  int64_t first = 0, count = 0;
};

/// Rows for the wanted elements of `value` that mark(wanted, key) sets to 0 in `key`.
template <class Mark>
ChunkSeeds markedSeeds(const Frame& frame, int32_t value, int64_t first, int64_t count, Mark mark) {
  ChunkSeeds chunk{nullptr, first, count};
  if (!frame.wanted[value]) return chunk;
  const Mask& wanted = *frame.wanted[value];
  std::vector<int32_t> key(wanted.size(), -1);
  mark(wanted, key);
  Rows rows = numberByKey(key, 1);
  if (rows.count > 0) chunk.rows = std::make_shared<const Rows>(std::move(rows));
  return chunk;
}

/// Marks the wanted elements that one dense cotangent has something at.
inline void markDense(const Mask& wanted, const float* cotangent, std::vector<int32_t>& key) {
  for (size_t e = 0; e < key.size(); e++)
    if (wanted[e] && cotangent[e] != 0) key[e] = 0;
}

/// What a pass carries back, and from where.
class Source {
 public:
  Source(int32_t value, int64_t count) : value(value), count(count) {}
  virtual ~Source() = default;
  virtual ChunkSeeds seeds(const Frame& frame, int64_t first, int64_t count) const = 0;
  /// Fills the rows of a chunk, which are 0.
  virtual void fill(const Walk& walk, const ChunkSeeds& chunk, const BlockPtr& block) const = 0;

  const int32_t value;
  const int64_t count;
};

/// Labels of one example, or dense cotangents of it, at the output.
class LabelSource : public Source {
 public:
  LabelSource(int32_t output, const Seeds& seeds, int64_t example, int64_t examples)
      : Source(output, seeds.count), seeds_(seeds), example_(example), examples_(examples) {}
  ChunkSeeds seeds(const Frame& frame, int64_t first, int64_t count) const override;
  void fill(const Walk& walk, const ChunkSeeds& chunk, const BlockPtr& block) const override;

 private:
  int32_t label(int64_t at) const { return seeds_.labels[example_ * seeds_.count + at]; }

  const Seeds& seeds_;
  const int64_t example_, examples_;
};

/// The units of a value, one after the other: unit u is 1 where unitOf[element] is u.
class UnitSource : public Source {
 public:
  UnitSource(int32_t value, const Rows& unitOf) : Source(value, unitOf.count), unitOf_(unitOf) {}
  ChunkSeeds seeds(const Frame& frame, int64_t first, int64_t count) const override;
  void fill(const Walk& walk, const ChunkSeeds& chunk, const BlockPtr& block) const override;

 private:
  const Rows& unitOf_;
};

}  // namespace agon
