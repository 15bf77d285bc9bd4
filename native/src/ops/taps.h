#pragma once
#include <cstdint>
#include <vector>

namespace agon {

struct Reach;

/// A list of (tap, position) per position.
struct Taps {
  std::vector<int32_t> offsets, tap, position;
};

/// The same pairs listed from the other end; `count` positions there.
Taps transposed(const Taps& taps, int64_t count);

/// No position has a tap twice.
bool hasTapsOnce(const Taps& table, int64_t taps);

/// The taps of every position descend.
bool descend(const Taps& table);

/// The positions that are listed at every position ascend, and none is there twice.
bool ascend(const Taps& table);

/// Which of `count` positions the positions of the table read.
Reach reachOf(const Taps& taps, int64_t count);

}  // namespace agon
