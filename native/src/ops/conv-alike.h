#pragma once
#include "conv.h"

namespace agon {

/// Input positions first, first + step, ... of the same taps, whose outputs are neighbours.
struct ConvOperation::Alike {
  int64_t first, step, count;
};

}  // namespace agon
