#include "group-source.h"

namespace agon {

ChunkSeeds GroupSource::seeds(const Frame& frame, int64_t label, int64_t) const {
  ChunkSeeds chunk{nullptr, label, size_};
  if (!frame.wanted[value]) return chunk;
  const Mask& wanted = *frame.wanted[value];
  const int64_t outputs = static_cast<int64_t>(wanted.size());
  std::vector<int32_t> key(outputs, -1);
  for (int64_t lane = 0; lane < size_; lane++) {
    if (seeds_.dense) {
      const float* cotangent = dense(label, lane, outputs);
      for (int64_t e = 0; e < outputs; e++)
        if (wanted[e] && cotangent[e] != 0) key[e] = 0;
    } else if (wanted[element(label, lane)]) {
      key[element(label, lane)] = 0;
    }
  }
  Rows rows = numberByKey(key, 1);
  if (rows.count > 0) chunk.rows = std::make_shared<const Rows>(std::move(rows));
  return chunk;
}

void GroupSource::fill(const Walk& walk, const ChunkSeeds& chunk, const BlockPtr& block) const {
  const auto& row = chunk.rows->row;
  const int64_t outputs = static_cast<int64_t>(row.size());
  for (int64_t lane = 0; lane < size_; lane++) {
    if (seeds_.dense) {
      const float* cotangent = dense(chunk.first, lane, outputs);
      for (int64_t e = 0; e < outputs; e++)
        if (row[e] >= 0) walk.at(block, row[e], lane) = cotangent[e];
    } else {
      const int64_t e = element(chunk.first, lane);
      if (row[e] >= 0) walk.at(block, row[e], lane) = seeds_.scaleByLogit ? logits_[e * batchLanes + lane] : 1.0f;
    }
  }
}

}  // namespace agon
