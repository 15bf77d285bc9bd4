#pragma once
#include "../walk.h"

namespace agon {

/// Rows of every element of a value [channels][positions], channel by channel of a position: p * channels + c. Where an averaged pass has them, its tables do
/// not depend on the example, and what it reads lies side by side.
RowsPtr wholeRows(int64_t channels, int64_t positions);

/// Whether these are such rows.
bool isWhole(const Rows& rows, int64_t channels, int64_t positions);

/// Whether every element is wanted.
bool isWhole(const Mask& wanted);

}  // namespace agon
