// Memory that is offered to the system stays usable.
#include "../src/arena.h"
#include "check.h"

void testBuffers() {
  const int64_t pages = int64_t{2} << 20, floats = pages / 4;
  const agon::Buffer small(64), large(3 * floats + 5);
  check::that(small.offer() == 0, "less than a large page is not offered");
  for (int round = 0; round < 3; round++) {
    for (int64_t i = 0; i < large.size(); i += 1000) large.data()[i] = static_cast<float>(i + round);
    bool same = true;
    for (int64_t i = 0; i < large.size(); i += 1000) same = same && large.data()[i] == static_cast<float>(i + round);
    check::that(same, "what is written after an offer is there");
    const int64_t offered = large.offer();
    check::that(offered == 0 || offered == 3 * pages, "whole large pages are offered, or nothing");
  }
}
