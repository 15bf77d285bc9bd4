#include "source.h"

#include <algorithm>

namespace agon {

namespace {

/// Elements that are turned from maps into lanes while they are in the cache.
constexpr int64_t sourceTile = 64;

}  // namespace

ChunkSeeds LabelSource::seeds(const Frame& frame, int64_t first, int64_t count) const {
  return markedSeeds(frame, value, first, count, [&](const Mask& wanted, std::vector<int32_t>& key) {
    for (int64_t j = first; j < first + count; j++) {
      if (seeds_.dense) {
        markDense(wanted, seeds_.dense + (j * examples_ + example_) * static_cast<int64_t>(key.size()), key);
      } else if (wanted[label(j)]) {
        key[label(j)] = 0;
      }
    }
  });
}

void LabelSource::fill(const Walk& walk, const ChunkSeeds& chunk, const BlockPtr& block) const {
  const auto& row = chunk.rows->row;
  const int64_t size = static_cast<int64_t>(row.size());
  if (!seeds_.dense) {
    for (int64_t j = 0; j < chunk.count; j++) {
      const int32_t e = label(chunk.first + j);
      if (row[e] >= 0) walk.at(block, row[e], j) = seeds_.scaleByLogit ? walk.frame.data[value][e] : 1.0f;
    }
    return;
  }
  for (int64_t from = 0; from < size; from += sourceTile) {
    for (int64_t j = 0; j < chunk.count; j++) {
      const float* cotangent = seeds_.dense + ((chunk.first + j) * examples_ + example_) * size;
      for (int64_t e = from; e < std::min(size, from + sourceTile); e++)
        if (row[e] >= 0) walk.at(block, row[e], j) = cotangent[e];
    }
  }
}

ChunkSeeds UnitSource::seeds(const Frame&, int64_t first, int64_t count) const {
  Rows rows;
  rows.count = static_cast<int32_t>(count);
  rows.distinct = unitOf_.distinct;
  rows.row.resize(unitOf_.row.size());
  for (size_t e = 0; e < rows.row.size(); e++) {
    const int64_t at = unitOf_.row[e] - first;
    rows.row[e] = unitOf_.row[e] >= 0 && at >= 0 && at < count ? static_cast<int32_t>(at) : -1;
  }
  return {std::make_shared<const Rows>(std::move(rows)), first, count};
}

void UnitSource::fill(const Walk& walk, const ChunkSeeds& chunk, const BlockPtr& block) const {
  for (int64_t j = 0; j < chunk.count; j++) walk.at(block, j, j) = 1.0f;
}

}  // namespace agon
