#include "stage.h"

#include <agon/session.h>

#include <algorithm>

#include "stopwatch.h"
#include "walk.h"

namespace agon {

int64_t Stage::mostRows() const {
  int32_t most = 0;
  for (int64_t p = 0; p < positions(); p++) most = std::max(most, (*offsets)[p + 1] - (*offsets)[p]);
  return most;
}

int64_t Stage::bandRows(const Walk& walk, int planes) const {
  return std::min(rows(), std::max(walk.bandBytes / rowBytes(planes), mostRows())) | 1;
}

int64_t Stage::bandEnd(int64_t begin, int64_t end, int64_t most) const {
  const int64_t limit = (*offsets)[begin] + most;
  int64_t last = begin + 1;
  while (last < end && (*offsets)[last + 1] <= limit) last++;
  return last;
}

void Stage::runTimed(int64_t begin, int64_t end, const RowView& from, const RowView& to, Level& level) const {
  const Stopwatch watch;
  body(begin, end, from, to);
  level.seconds += watch.seconds();
}

void Stage::make(const Walk& walk, int64_t begin, int64_t end, const RowView& to, Level* level) const {
  const Stage* const above = source.stage.get();
  const auto whole = [&](const BlockPtr& block) { return walk.view(block, to.firstPlane, to.planes); };
  if (!above || above->isMade) return runTimed(begin, end, whole(above ? above->block : source.block), to, *level);
  if (reach) return makeInRing(walk, begin, end, to, level);
  const Level& band = level[1];
  const int64_t most = above->block ? above->bandRows(walk, to.planes) : band.step / planeLanes;
  for (int64_t first = begin; first < end;) {
    const int64_t last = above->bandEnd(first, end, most);
    const RowView from = above->block ? whole(above->block) : RowView{band.rows, band.step, (*above->offsets)[first], to.firstPlane, to.planes};
    above->make(walk, first, last, from, level + 1);
    runTimed(first, last, from, to, *level);
    first = last;
  }
}

void Stage::makeInRing(const Walk& walk, int64_t begin, int64_t end, const RowView& to, Level* level) const {
  const Stage& above = *source.stage;
  Level& near = level[1];
  const Ring& ring = near.ring;
  for (int64_t first = begin; first < end;) {
    const int64_t low = reach->from[first];
    int64_t last = first + 1;
    while (last < end && ring.offsets[reach->to[last]] - ring.offsets[low] <= ring.rows) last++;
    for (near.made = std::max(near.made, low); near.made < reach->to[last - 1];) {
      const int64_t from = near.made, shift = ring.shift(from);
      while (near.made < reach->to[last - 1] && ring.offsets[near.made] < shift + ring.rows) near.made++;
      above.make(walk, from, near.made, {near.rows, near.step, shift, to.firstPlane, to.planes}, level + 1);
    }
    runTimed(first, last, {near.rows, near.step, 0, to.firstPlane, to.planes, &ring}, to, *level);
    first = last;
  }
}

void Stage::finish() {
  isMade = true;
  source = {};
  body = nullptr;
  recipe = nullptr;
  offsets = nullptr;
}

}  // namespace agon
