#include "choose.h"

namespace agon {

namespace {

/// Fewest examples that are worth packing.
constexpr int64_t fewest = 4;
/// Shares of the work that are left after zeros have been skipped: of one example's backward pass, and of 16 examples together.
constexpr double keptAlone = 0.35, keptTogether = 0.6;
/// A forward pass alone has its channels in lanes: one of 16 examples, without skipping.
constexpr double forwardAlone = 1.0 / 8;

}  // namespace

bool isFasterInLanes(int64_t count, int64_t labels) {
  if (count < fewest) return false;
  const double passesAlone = static_cast<double>((labels + 15) / 16), passesTogether = static_cast<double>(labels);
  const double alone = static_cast<double>(count) * (forwardAlone + passesAlone * keptAlone);
  const double together = keptTogether * (1 + passesTogether);
  return together < alone;
}

}  // namespace agon
