#pragma once

#include <cstdint>

namespace agon {

/// Elements per piece of work of an operation that does little for each.
constexpr int64_t grain = 1 << 14;

}  // namespace agon
