#pragma once
#include <agon/program.h>

#include <vector>

namespace agon {

/// The instruction that makes each value, -1 for the others. Throws AGON_INTERNAL for values that contradict themselves, do not exist or are read before they are made.
std::vector<int32_t> producersOf(const Program& program);

}  // namespace agon
