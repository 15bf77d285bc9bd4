#include "whole-rows.h"

#include <algorithm>

namespace agon {

RowsPtr wholeRows(int64_t channels, int64_t positions) {
  Rows rows;
  rows.count = static_cast<int32_t>(channels * positions);
  rows.distinct = true;
  rows.row.resize(rows.count);
  for (int64_t c = 0; c < channels; c++)
    for (int64_t p = 0; p < positions; p++) rows.row[c * positions + p] = static_cast<int32_t>(p * channels + c);
  return std::make_shared<const Rows>(std::move(rows));
}

bool isWhole(const Rows& rows, int64_t channels, int64_t positions) {
  if (static_cast<int64_t>(rows.row.size()) != channels * positions) return false;
  for (int64_t c = 0; c < channels; c++)
    for (int64_t p = 0; p < positions; p++)
      if (rows.row[c * positions + p] != p * channels + c) return false;
  return true;
}

bool isWhole(const Mask& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [](uint8_t is) { return is != 0; });
}

}  // namespace agon
