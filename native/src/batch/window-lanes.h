#pragma once
#include "../ops/windows.h"
#include "batch.h"
#include "pull.h"

namespace agon {

/// Keeps the coefficients of window links in Local::rowsA, after forwardByLane: linksOf(x, y) for the input and output of every lane. The links
/// themselves are the same in every lane.
template <class LinksOf>
void keepWindowLinks(Batch& batch, int32_t x, int32_t y, int64_t links, LinksOf linksOf) {
  const float *rowsX = batch.rows(x), *rowsY = batch.rows(y);
  float* to = batch.keepRows(&Local::rowsA, links);
  if (batch.dry) return;
  std::vector<float> laneX(batch.size(x)), laneY(batch.size(y));
  for (int lane = 0; lane < batchLanes; lane++) {
    for (size_t e = 0; e < laneX.size(); e++) laneX[e] = rowsX[e * batchLanes + lane];
    for (size_t e = 0; e < laneY.size(); e++) laneY[e] = rowsY[e * batchLanes + lane];
    const auto coefficient = linksOf(laneX.data(), laneY.data()).coefficient;
    for (size_t k = 0; k < coefficient.size(); k++) to[k * batchLanes + lane] = coefficient[k];
  }
}

/// Propagates through such links, given with the coefficients of any example.
inline void pullWindowLinks(Walk& walk, int32_t x, Cotangent cotangent, const WindowLinks& links, const Local& local) {
  pullLanes(walk, 0, x, std::move(cotangent), {links.source.data(), local.rowsA.data(), nullptr, links.offsets.data()});
}

}  // namespace agon
