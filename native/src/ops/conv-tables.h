#pragma once
#include "../maker.h"
#include "taps.h"

namespace agon {

/// Shape and tables of a convolution of either direction: output position o sums, over its taps, all channels of its group at an input position.
struct ConvTables {
  int64_t groups, channelsIn, channelsOut, positionsIn, positionsOut, taps;
  Taps byOutput;  // positions are input positions
  Taps byInput;   // positions are output positions
  std::vector<float> bias;

  int64_t groupIn() const { return channelsIn / groups; }
  int64_t groupOut() const { return channelsOut / groups; }
};

/// Reads and checks ints, weights, bias, and the table by output (Conv) or by input (ConvTranspose).
ConvTables readConvTables(const Maker& maker, bool isTransposed);

}  // namespace agon
