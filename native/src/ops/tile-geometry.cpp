#include "tile-geometry.h"

namespace agon {

namespace {

/// How far taps that lie one above the other lie apart in the input; 0 if no position has such.
int64_t widthOf(const Taps& table) {
  for (size_t o = 0; o + 1 < table.offsets.size(); o++)
    for (int32_t k = table.offsets[o]; k < table.offsets[o + 1]; k++)
      for (int32_t l = k + 1; l < table.offsets[o + 1]; l++)
        if (table.tap[l] == table.tap[k] + 3) return table.position[l] - table.position[k];
  return 0;
}

bool matches(const TileGeometry& g, const Taps& table) {
  size_t k = 0;
  for (int64_t y = 0; y < g.out.height; y++) {
    for (int64_t x = 0; x < g.out.width; x++) {
      for (int32_t tap = 0; tap < 9; tap++) {
        const int64_t row = y + tap / 3 - g.top, column = x + tap % 3 - g.left;
        if (row < 0 || row >= g.in.height || column < 0 || column >= g.in.width) continue;
        if (k == table.tap.size() || table.tap[k] != tap || table.position[k] != row * g.in.width + column) return false;
        k++;
      }
      if (table.offsets[y * g.out.width + x + 1] != static_cast<int32_t>(k)) return false;
    }
  }
  return k == table.tap.size();
}

}  // namespace

std::optional<TileGeometry> tileGeometry(const Taps& table, int64_t positionsIn, int64_t positionsOut) {
  const int64_t width = widthOf(table);
  if (width <= 0 || positionsIn % width != 0 || table.offsets[1] == 0) return {};
  TileGeometry g;
  g.in = {positionsIn / width, width};
  g.top = table.tap[0] / 3 - table.position[0] / width;
  g.left = table.tap[0] % 3 - table.position[0] % width;
  if (g.top < 0 || g.top > 2 || g.left < 0 || g.left > 2) return {};
  for (int64_t right = 0; right <= 2; right++) {
    const int64_t across = width - 2 + g.left + right;
    if (across <= 0 || positionsOut % across != 0) continue;
    g.out = {positionsOut / across, across};
    if (matches(g, table)) return g;
  }
  return {};
}

}  // namespace agon
