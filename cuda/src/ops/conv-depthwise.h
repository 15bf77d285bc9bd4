#pragma once
#include "../divide.h"
#include "../walk.h"

namespace agon::cuda {

/// Convolutions in which every channel is a group of its own: terms of an input position are output positions and taps.
struct DepthwiseTerms {
  const int32_t *offsets, *tap, *position;
  const float* weights;  // [tap][channels]
  int64_t channels, positionsOut;
  Divider positionsIn;
};

/// Gives the cotangent of y to x.
void backwardDepthwise(Walk& walk, int32_t x, int32_t y, const DepthwiseTerms& terms);

}  // namespace agon::cuda
