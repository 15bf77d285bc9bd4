#pragma once
#include "fold-tiles.h"
#include "source.h"

namespace agon::cuda {

/// The extremes of one example's map over the labels folded so far, and the maps that are kept, on the device. Lanes are labels.
class Fold {
 public:
  /// `request` and `source`, which has the labels, must outlive the fold. Throws AGON_OUT_OF_BUDGET.
  Fold(Frame& frame, const ContestRequest& request, const LabelSource& source, int32_t wrt, int64_t example, int64_t examples);
  /// Folds the maps of labels first .. first + lanes - 1, in this order, from cotangents of the value; empty: all 0.
  void add(const Cotangent& cotangent, int64_t first, int32_t lanes);
  /// Elements of a map.
  int64_t mapSize() const { return mapSize_; }
  /// The maps of such cotangents, folded by nobody: to [map, step], from a column on.
  void writeMaps(const Cotangent& cotangent, int32_t lanes, float* to, int64_t step) const;
  /// Folds ready maps, [map, lanes], of labels first .. first + lanes - 1.
  void addMaps(const Floats& maps, int64_t first, int32_t lanes);
  /// Downloads the extremes in one piece, and the maps that are kept. Throws AGON_NOT_FINITE naming the earliest label whose map is not finite.
  void finish(const ContestArrays& out) const;

 private:
  const float* findFactor(int32_t wrt);
  Extremes extremes() const;
  void findKept(int64_t labels);
  FoldTiles chunkOf(int64_t first, int32_t lanes) const;

  Frame& frame_;
  const ContestRequest& request_;
  const SummedAxis axis_;
  const LabelSource& source_;
  const int64_t example_, examples_, mapSize_;
  /// What the gradients are multiplied by, unless it is the input, which is there; null: 1.
  Floats ownFactor_;
  const float* const factor_;
  /// Extremes, one array after the other.
  Ints words_;
  Floats maps_;
  /// Places of kept labels, and then the numbers of their maps.
  Ints kept_;
  /// A 1 for every element of a map.
  Bytes all_;
  /// Places of kept labels on the host.
  std::vector<int32_t> keptPlaces_;
};

}  // namespace agon::cuda
