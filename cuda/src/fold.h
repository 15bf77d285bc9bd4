#pragma once
#include "walk.h"

namespace agon::cuda {

struct CotangentMaps;

/// The extremes of one example's map over the labels folded so far, and the maps that are kept, on the device. Lanes are labels.
class Fold {
 public:
  /// `request` must outlive the fold. Throws AGON_OUT_OF_BUDGET.
  Fold(Frame& frame, const ContestRequest& request, int32_t wrt, int64_t example, int64_t examples);
  /// Folds the maps of labels first .. first + lanes - 1, in this order, from cotangents of the value; empty: all 0.
  void add(const Cotangent& cotangent, int64_t first, int32_t lanes);
  /// Elements of a map.
  int64_t mapSize() const { return mapSize_; }
  /// The maps of such cotangents, [lanes, map], folded by nobody.
  void mapsOf(const Cotangent& cotangent, int32_t lanes, float* maps) const;
  /// Folds maps [lanes, map] of labels first .. first + lanes - 1.
  void addMaps(const float* maps, int64_t first, int32_t lanes);
  /// Downloads everything. Throws AGON_NOT_FINITE naming the earliest label whose map is not finite.
  void finish(const ContestArrays& out) const;

 private:
  CotangentMaps mapsIn(const Cotangent& cotangent, int32_t lanes) const;
  template <class Maps>
  void fold(const Maps& maps, int64_t first, int32_t lanes);

  Frame& frame_;
  const ContestRequest& request_;
  const SummedAxis axis_;
  const int64_t example_, examples_, mapSize_;
  Floats factor_, best_, runnerUp_, worst_, runnerDown_, maps_;
  Ints labels_, kept_, bestLabel_, worstLabel_, sick_;
};

}  // namespace agon::cuda
