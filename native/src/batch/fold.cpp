// Contest of a group: one label of 16 examples at a time.
#include <algorithm>
#include <atomic>
#include <cmath>

#include "run.h"

namespace agon {

bool foldLanes(const Walk& walk, const Cotangent& cotangent, const ContestRequest& request, const FoldPlace& place, int64_t label, int64_t count,
               const ContestArrays& out) {
  const int64_t inputSize = place.inputSize, size = place.size;
  const SummedAxis axis = request.sum ? *request.sum : SummedAxis{1, 1, inputSize};
  std::atomic<bool> isFinite{true};
  walk.frame.pool.each(size, 256, [&](int64_t begin, int64_t end) {
    for (int64_t lane = 0; lane < count; lane++) {
      const int64_t n = place.example + lane;
      const int32_t own = request.seeds.labels[n * request.seeds.count + label];
      const float* factor = request.factor ? request.factor + n * inputSize : nullptr;
      for (int64_t m = begin; m < end; m++) {
        float sum = 0;
        for (int64_t c = 0; c < axis.extent; c++) {
          const int64_t e = (m / axis.inner * axis.extent + c) * axis.inner + m % axis.inner;
          const int32_t row = cotangent ? cotangent.rows->row[e] : -1;
          const float gradient = row < 0 ? 0.0f : walk.row(cotangent.block, row)[lane] + 0.0f;
          const float product = gradient * (factor ? factor[e] : 1.0f);
          sum = request.sum ? sum + product : product;
        }
        if (!std::isfinite(sum)) isFinite = false;
        for (int64_t k = 0; k < request.mapCount; k++)
          if (request.mapLabels[n * request.mapCount + k] == own) out.maps[(k * place.examples + n) * size + m] = sum;
        foldOne(sum, own, out, n * size + m);
      }
    }
  });
  return isFinite;
}

}  // namespace agon
