#pragma once
#include <agon/session.h>

#include "../round.h"

namespace agon::cuda {

/// A factor of a product in a precision.
AGON_HD inline float rounded(float value, Precision precision) {
  if (precision == Precision::Bf16) return floatOf(static_cast<uint32_t>(bf16Of(value)) << 16);
  return precision == Precision::Tf32 ? floatOf(tf32Of(value)) : value;
}

}  // namespace agon::cuda
