#include "stage.h"

#include <agon/session.h>

#include <algorithm>
#include <mutex>

#include "stopwatch.h"
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

void Stage::runTimed(int64_t begin, int64_t end, const RowView& from, const RowView& to, Level& level) const {
  const Stopwatch watch;
  body(begin, end, from, to);
  level.seconds += watch.seconds();
}

void Stage::make(const Walk& walk, int64_t begin, int64_t end, const RowView& to, Level* level) const {
  const Stage* const above = source.stage.get();
  if (!above || above->isMade) return runTimed(begin, end, walk.view(above ? above->block : source.block), to, *level);
  const Buffer& rows = level[1].rows;
  const int64_t step = rows.size() / walk.planes(), most = above->block ? above->bandRows(walk) : step / planeLanes;
  for (int64_t first = begin; first < end;) {
    const int64_t last = above->bandEnd(first, end, most);
    const RowView from = above->block ? walk.view(above->block) : RowView{rows.data(), step, (*above->offsets)[first]};
    above->make(walk, first, last, from, level + 1);
    runTimed(first, last, from, to, *level);
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

namespace {

/// The stages that run together, the reader before its source.
using Chain = std::vector<Stage*>;
/// Of one thread.
using Levels = std::vector<Level>;

Levels makeLevels(const Walk& walk, const Chain& chain) {
  Levels levels(chain.size());
  for (size_t i = 1; i < chain.size(); i++)
    if (!chain[i]->block) levels[i].rows = Buffer(walk.planes() * chain[i]->bandRows(walk) * planeLanes);
  return levels;
}

/// Shares the time of a chain among its instructions as its threads spent it.
void noteTime(Walk& walk, const Chain& chain, const std::vector<Levels>& threads, double seconds) {
  std::vector<double> busy(chain.size(), 0.0);
  double all = 1e-12;
  for (const Levels& levels : threads) {
    for (size_t i = 0; i < chain.size(); i++) {
      busy[i] += levels[i].seconds;
      all += levels[i].seconds;
    }
  }
  for (size_t i = 0; i < chain.size(); i++) walk.trace->steps[chain[i]->instruction].seconds += seconds * busy[i] / all;
  walk.noted += seconds;
}

void run(Walk& walk, const Chain& chain, double work) {
  const Stopwatch watch;
  const Stage& last = *chain.front();
  std::mutex lock;
  std::vector<Levels> idle;
  walk.frame.pool.each(last.positions(), grainOf(last.positions(), work * walk.planes()), [&](int64_t begin, int64_t end) {
    Levels levels;
    {
      const std::lock_guard<std::mutex> hold(lock);
      if (!idle.empty()) {
        levels = std::move(idle.back());
        idle.pop_back();
      }
    }
    if (levels.empty()) levels = makeLevels(walk, chain);
    last.make(walk, begin, end, walk.view(last.block), levels.data());
    const std::lock_guard<std::mutex> hold(lock);
    idle.push_back(std::move(levels));
  });
  if (walk.trace) noteTime(walk, chain, idle, watch.seconds());
}

}  // namespace

void makeAll(Walk& walk, Stage& stage) {
  Chain chain = {&stage};
  double work = stage.work;
  stage.block = walk.allocate(stage.rows());
  for (std::shared_ptr<Stage>* above = &stage.source.stage; *above && !(*above)->isMade; above = &(*above)->source.stage) {
    if (above->use_count() > 1) (*above)->block = walk.allocate((*above)->rows());
    chain.push_back(above->get());
    work += (*above)->work;
  }
  if (!walk.dry) run(walk, chain, work);
  for (auto each = chain.rbegin(); each != chain.rend(); ++each)
    if ((*each)->block) (*each)->finish();
}

}  // namespace agon
