#pragma once
#include "fold-tiles.h"
#include "walk.h"

namespace agon::cuda {

/// The extremes of one example's map over the labels folded so far, and the maps that are kept, on the device. Lanes are labels.
class Fold {
 public:
  /// `request` must outlive the fold. Throws AGON_OUT_OF_BUDGET.
  Fold(Frame& frame, const ContestRequest& request, int32_t wrt, int64_t example, int64_t examples);
  /// Folds the maps of labels first .. first + lanes - 1, in this order, from cotangents of the value; empty: all 0.
  void add(const Cotangent& cotangent, int64_t first, int32_t lanes);
  /// Downloads everything. Throws AGON_NOT_FINITE naming the earliest label whose map is not finite.
  void finish(const ContestArrays& out) const;

 private:
  Extremes extremes() const;
  void findKept(int64_t labels);

  Frame& frame_;
  const ContestRequest& request_;
  const SummedAxis axis_;
  const int64_t example_, examples_, mapSize_;
  Floats factor_, best_, runnerUp_, worst_, runnerDown_, maps_;
  Ints labels_, keptPlace_, keptMap_, bestLabel_, worstLabel_, sick_;
  /// keptPlace_ on the host.
  std::vector<int32_t> keptPlaces_;
};

}  // namespace agon::cuda
