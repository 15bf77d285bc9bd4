#include "choose.h"

#include "../kernels/lanes.h"

namespace agon {

namespace {

/// Fewest examples that are worth packing.
constexpr int64_t fewest = 2;
/// Shares of a backward pass of 16 lanes that are left after zeros have been skipped: for one example, and for what one of 16 examples needs.
constexpr double keptAlone = 0.35, keptTogether = 0.75;
/// A forward pass of one example has channels in its lanes and skips nothing; one of 16 examples skips the zeros that they share.
constexpr double forwardAlone = 1.0 / 12, forwardTogether = 0.6;
/// Costs of a pass of few examples, for each, and of 8 lanes, in passes of 16.
constexpr double ofFew = 0.12, ofEight = 0.6;

}  // namespace

bool isFasterInLanes(int64_t count, int64_t labels) {
  if (count < fewest) return false;
  const double passesAlone = static_cast<double>((labels + 15) / 16), passesTogether = static_cast<double>(labels);
  const double alone = static_cast<double>(count) * (forwardAlone + passesAlone * keptAlone);
  const double together = forwardTogether + passesTogether * keptTogether;
  return together * (count <= mostFew ? ofFew * static_cast<double>(count) : count <= 8 ? ofEight : 1) < alone;
}

}  // namespace agon
