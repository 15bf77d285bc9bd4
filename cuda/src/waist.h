#pragma once
#include <optional>

#include "fold.h"
#include "graph.h"

namespace agon::cuda {

/// A value through which every path from the labels leads, with fewer units than there are labels. Below it the pass carries the units in place of the
/// labels: a label's map is the sum of the units' maps, weighted with the label's cotangent at the waist.
struct Waist {
  int32_t value = -1;
  /// How many of its elements are wanted.
  int64_t units = 0;
  /// Multiplications of dense passes, per label above and per unit below.
  int64_t above = 0, below = 0;
};

/// The waist that saves most multiplications of dense passes; none if no waist saves a tenth, or the whole pass is small. Only linear operations lie below it.
std::optional<Waist> findWaist(const Frame& frame, int32_t wrt, int64_t labels, int64_t mapSize, const Control& control);

/// The contest of one example through a waist: adds all labels to the fold. False, with nothing done, if the units' maps and a pass beside them do not fit
/// the budget. `tell` is called with the share that is done, 0 .. 1. The same bits for any budget that fits.
bool contestThrough(const Waist& waist, Frame& frame, int32_t wrt, const LabelSource& source, Fold& fold, const Control& control,
                    const std::function<void(double)>& tell);

}  // namespace agon::cuda
