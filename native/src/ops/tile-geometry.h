#pragma once
#include <optional>

#include "../kernels/lanes.h"
#include "taps.h"

namespace agon {

struct Picture {
  int64_t height = 0, width = 0;
};

/// A 3x3 convolution of stride 1 between two pictures: output (y, x) reads, for tap 3 i + j, input (y + i - top, x + j - left), where there is one.
/// Outputs fall into tiles of 4x4, which read 6x6 inputs.
struct TileGeometry {
  Picture in, out;
  int64_t top = 0, left = 0;

  /// That of the cotangents, from output to input.
  TileGeometry turned() const { return {out, in, 2 - top, 2 - left}; }
  int64_t tilesAcross() const { return (out.width + tileSize - 1) / tileSize; }
  int64_t tiles() const { return (out.height + tileSize - 1) / tileSize * tilesAcross(); }
  /// Input place (i, j) of a tile, and output place (i, j); -1 where that is outside of the picture.
  int32_t inputOf(int64_t tile, int64_t i, int64_t j) const {
    return positionIn(in, tile / tilesAcross() * tileSize - top + i, tile % tilesAcross() * tileSize - left + j);
  }
  int32_t outputOf(int64_t tile, int64_t i, int64_t j) const {
    return positionIn(out, tile / tilesAcross() * tileSize + i, tile % tilesAcross() * tileSize + j);
  }

 private:
  static int32_t positionIn(const Picture& of, int64_t y, int64_t x) {
    return y < 0 || y >= of.height || x < 0 || x >= of.width ? -1 : static_cast<int32_t>(y * of.width + x);
  }
};

/// The geometry that a table of 9 taps stands for, if it is one of these, with pads of at most 2.
std::optional<TileGeometry> tileGeometry(const Taps& byOutput, int64_t positionsIn, int64_t positionsOut);

}  // namespace agon
