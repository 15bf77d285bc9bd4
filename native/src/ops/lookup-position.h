#pragma once
#include <agon/error.h>

#include <cmath>

namespace agon {

/// The row of a table of `extent` rows that an index stands for; negative ones count from the end. Throws AGON_BAD_INPUT.
inline int64_t lookupPosition(float index, int64_t extent) {
  const double limit = static_cast<double>(extent);
  if (!(index >= -limit && index < limit) || index != std::floor(index))
    throw Error("AGON_BAD_INPUT", "index of a lookup: expected a whole number in " + std::to_string(-extent) + " .. " +
                                      std::to_string(extent - 1) + ", found " + std::to_string(index));
  const int64_t whole = static_cast<int64_t>(index);
  return whole < 0 ? whole + extent : whole;
}

}  // namespace agon
