#pragma once
#include <agon/session.h>

#include <cstdint>

namespace agon {

/// True if the next `count` examples (1 .. 16) run faster in lanes than one by one, with `labels` labels each (0: a forward pass only).
/// Counted in passes of 16 lanes through the program.
bool isFasterInLanes(int64_t count, int64_t labels);

}  // namespace agon
