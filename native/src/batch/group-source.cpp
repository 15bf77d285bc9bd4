#include "group-source.h"

namespace agon {

ChunkSeeds GroupSource::seeds(const Frame& frame, int64_t label, int64_t) const {
  return markedSeeds(frame, value, label, size_, [&](const Mask& wanted, std::vector<int32_t>& key) {
    for (int64_t lane = 0; lane < size_; lane++) {
      if (seeds_.dense) {
        markDense(wanted, dense(label, lane, static_cast<int64_t>(key.size())), key);
      } else if (wanted[element(label, lane)]) {
        key[element(label, lane)] = 0;
      }
    }
  });
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
