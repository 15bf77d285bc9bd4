#include "taps.h"

#include <algorithm>

#include "../stage.h"

namespace agon {

Taps transposed(const Taps& taps, int64_t count) {
  Taps out;
  out.offsets.assign(count + 1, 0);
  for (const int32_t p : taps.position) out.offsets[p + 1]++;
  for (int64_t p = 0; p < count; p++) out.offsets[p + 1] += out.offsets[p];
  std::vector<int32_t> next(out.offsets.begin(), out.offsets.end() - 1);
  out.tap.resize(taps.tap.size());
  out.position.resize(taps.tap.size());
  for (size_t o = 0; o + 1 < taps.offsets.size(); o++) {
    for (int32_t k = taps.offsets[o]; k < taps.offsets[o + 1]; k++) {
      const int32_t at = next[taps.position[k]]++;
      out.tap[at] = taps.tap[k];
      out.position[at] = static_cast<int32_t>(o);
    }
  }
  return out;
}

bool hasTapsOnce(const Taps& table, int64_t taps) {
  std::vector<size_t> seenAt(taps, 0);
  for (size_t p = 0; p + 1 < table.offsets.size(); p++) {
    for (int32_t k = table.offsets[p]; k < table.offsets[p + 1]; k++) {
      if (seenAt[table.tap[k]] == p + 1) return false;
      seenAt[table.tap[k]] = p + 1;
    }
  }
  return true;
}

bool descend(const Taps& table) {
  for (size_t p = 0; p + 1 < table.offsets.size(); p++)
    for (int32_t k = table.offsets[p] + 1; k < table.offsets[p + 1]; k++)
      if (table.tap[k] >= table.tap[k - 1]) return false;
  return true;
}

bool ascend(const Taps& table) {
  for (size_t p = 0; p + 1 < table.offsets.size(); p++)
    for (int32_t k = table.offsets[p] + 1; k < table.offsets[p + 1]; k++)
      if (table.position[k] <= table.position[k - 1]) return false;
  return true;
}

Reach reachOf(const Taps& taps, int64_t count) {
  const size_t size = taps.offsets.size() - 1;
  Reach reach{std::vector<int32_t>(size, static_cast<int32_t>(count)), std::vector<int32_t>(size, 0)};
  for (size_t p = 0; p < size; p++) {
    if (p > 0) reach.to[p] = reach.to[p - 1];
    for (int32_t k = taps.offsets[p]; k < taps.offsets[p + 1]; k++) {
      reach.from[p] = std::min(reach.from[p], taps.position[k]);
      reach.to[p] = std::max(reach.to[p], taps.position[k] + 1);
    }
  }
  for (size_t p = size - 1; p > 0; p--) reach.from[p - 1] = std::min(reach.from[p - 1], reach.from[p]);
  return reach;
}

}  // namespace agon
