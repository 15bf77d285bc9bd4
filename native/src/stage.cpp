#include "stage.h"

#include <algorithm>

#include "walk.h"

namespace agon {

int64_t Stage::bandRows(const Walk& walk) const {
  int64_t most = walk.bandBytes / (static_cast<int64_t>(sizeof(float)) * walk.lanes);
  for (int64_t p = 0; p < positions(); p++) most = std::max<int64_t>(most, (*offsets)[p + 1] - (*offsets)[p]);
  return most | 1;
}

int64_t Stage::bandEnd(int64_t begin, int64_t end, int64_t most) const {
  const int64_t limit = (*offsets)[begin] + most;
  int64_t last = begin + 1;
  while (last < end && (*offsets)[last + 1] <= limit) last++;
  return last;
}

void Stage::make(const Walk& walk, int64_t begin, int64_t end, const RowView& to, const Buffer* buffers) const {
  const Stage* const above = source.stage.get();
  if (!above || above->isMade) return body(begin, end, walk.view(above ? above->block : source.block), to);
  const int64_t step = above->block ? 0 : buffers->size() / walk.planes(), most = step > 0 ? step / planeLanes : above->bandRows(walk);
  for (int64_t first = begin; first < end;) {
    const int64_t last = above->bandEnd(first, end, most);
    const RowView from = above->block ? walk.view(above->block) : RowView{buffers->data(), step, (*above->offsets)[first]};
    above->make(walk, first, last, from, buffers + 1);
    body(first, last, from, to);
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

void makeAll(Walk& walk, Stage& stage) {
  std::vector<Stage*> chain = {&stage};
  double work = stage.work;
  stage.block = walk.allocate(stage.rows());
  for (std::shared_ptr<Stage>* above = &stage.source.stage; *above && !(*above)->isMade; above = &(*above)->source.stage) {
    if (above->use_count() > 1) (*above)->block = walk.allocate((*above)->rows());
    chain.push_back(above->get());
    work += (*above)->work;
  }
  if (!walk.dry) {
    walk.frame.pool.each(stage.positions(), grainOf(stage.positions(), work * walk.planes()), [&](int64_t begin, int64_t end) {
      std::vector<Buffer> buffers;
      for (size_t i = 1; i < chain.size(); i++)
        buffers.emplace_back(chain[i]->block ? 0 : walk.planes() * chain[i]->bandRows(walk) * planeLanes);
      stage.make(walk, begin, end, walk.view(stage.block), buffers.data());
    });
  }
  for (auto each = chain.rbegin(); each != chain.rend(); ++each)
    if ((*each)->block) (*each)->finish();
}

}  // namespace agon
