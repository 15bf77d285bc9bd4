#pragma once
#include "walk.h"

namespace agon::cuda {

/// The cotangents first .. first + lanes.labels - 1 at the output, of the examples example .. example + lanes.examples - 1 of `examples`.
Cotangent seedsOf(Frame& frame, const Seeds& seeds, int64_t first, int64_t example, int64_t examples, Lanes lanes);

}  // namespace agon::cuda
