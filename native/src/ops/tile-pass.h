#pragma once
#include "../kernels/lanes.h"
#include "../walk.h"
#include "tile-geometry.h"

namespace agon {

/// Elements [channel][position] of a value. Element (c, p) has row[c * positions + p], where a negative row is a zero, and not written, or without a table row
/// c * channelStep + p * positionStep. Rows lie `stride` floats apart, 16 for rows of lanes, 1 for one example.
struct TileRows {
  float* base;
  int64_t stride, positions;
  const int32_t* row;
  int64_t channelStep, positionStep;

  float* at(int64_t channel, int64_t position) const {
    const int64_t of = row ? row[channel * positions + position] : channel * channelStep + position * positionStep;
    return of < 0 ? nullptr : base + of * stride;
  }
};

/// A convolution tile by tile, F(4x4, 3x3), in one of its two directions. Every sum is one chain over the terms at each place of a tile: it does not
/// depend on which tiles and examples share the lanes.
struct TilePass {
  TileGeometry geometry;
  /// Sums over channels out, with the weights of tap 8 - t for tap t.
  bool turned;
  int64_t terms, outputs;
  /// Transformed weights [place][panel of 16 channels out][channel in][16].
  const float* weights;
  TileRows from, to;
  const float* bias;
  /// Added to the rows that are written.
  const Joint* joint;
  /// 16: every lane is an example and takes the same tile. Fewer: tiles lie side by side in lanes, with one lane for each of the examples, and outputs go to
  /// all lanes l of their row with the same l % examples.
  int examples;

  int64_t tilesTogether() const { return batchLanes / examples; }
  /// Tiles that go through the lanes at once.
  int64_t groups() const { return (geometry.tiles() + tilesTogether() - 1) / tilesTogether(); }
  int64_t products() const { return tilePlaces * geometry.tiles() * terms * outputs; }
};

/// Memory that a pass needs, for all threads of a pool and any number of examples.
int64_t tileFloats(const Pool& pool, const TileGeometry& geometry, int64_t terms, int64_t outputs);

void runTiles(Pool& pool, const Kernels& kernels, const TilePass& pass, float* scratch);

}  // namespace agon
