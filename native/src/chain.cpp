// Stages that run together: which, in what pieces, and with what memory.
#include <agon/session.h>

#include <algorithm>
#include <mutex>

#include "stage.h"
#include "stopwatch.h"
#include "walk.h"

namespace agon {

namespace {

/// What rows in memory cost a reader that reads beside its own positions, to what they cost one that reads each once.
constexpr double ringReads = 1.5;

/// The stages that run together, the reader before its source, and how: some planes at a time, and ranges of the last one's positions.
struct Chain {
  std::vector<Stage*> stages;
  /// Its reader's positions are not its own.
  const Stage* inRing = nullptr;
  int64_t ringRows = 0;
  int planes = 0;
  int64_t ranges = 1;
};
/// Of one thread.
using Levels = std::vector<Level>;

/// Rows that a level holds, and one of zeros for a ring; odd.
int64_t levelRows(const Walk& walk, const Chain& chain, const Stage& stage) {
  if (&stage == chain.inRing) return (chain.ringRows + stage.mostRows() + 1) | 1;
  return stage.block ? 0 : stage.bandRows(walk, chain.planes);
}

/// Floats of all levels of a thread.
int64_t levelFloats(const Walk& walk, const Chain& chain) {
  int64_t rows = 0;
  for (size_t i = 1; i < chain.stages.size(); i++) rows += levelRows(walk, chain, *chain.stages[i]);
  return rows * chain.planes * planeLanes;
}

Levels makeLevels(const Walk& walk, const Chain& chain, float* memory) {
  Levels levels(chain.stages.size());
  for (size_t i = 1; i < levels.size(); i++) {
    const Stage& stage = *chain.stages[i];
    Level& level = levels[i];
    level.rows = memory;
    level.step = levelRows(walk, chain, stage) * planeLanes;
    memory += level.step * chain.planes;
    if (&stage != chain.inRing) continue;
    level.ring = {stage.offsets->data(), chain.ringRows};
    for (int p = 0; p < chain.planes; p++) std::fill_n(level.rows + (p + 1) * level.step - planeLanes, planeLanes, 0.0f);
  }
  return levels;
}

/// Shares the time of a chain among its instructions as its threads spent it.
void noteTime(Walk& walk, const Chain& chain, const std::vector<Levels>& threads, double seconds) {
  std::vector<double> busy(chain.stages.size(), 0.0);
  double all = 1e-12;
  for (const Levels& levels : threads) {
    for (size_t i = 0; i < busy.size(); i++) {
      busy[i] += levels[i].seconds;
      all += levels[i].seconds;
    }
  }
  for (size_t i = 0; i < busy.size(); i++) walk.trace->steps[chain.stages[i]->instruction].seconds += seconds * busy[i] / all;
  walk.noted += seconds;
}

/// Hands every piece of work the levels of a thread.
class LevelPool {
 public:
  LevelPool(const Walk& walk, const Chain& chain, float* memory) {
    const int64_t floats = levelFloats(walk, chain);
    for (int t = 0; t < walk.frame.pool.threads(); t++) idle_.push_back(makeLevels(walk, chain, memory + t * floats));
  }
  template <class Use>
  void with(Use use) {
    Levels levels = take();
    use(levels.data());
    const std::lock_guard<std::mutex> hold(lock_);
    idle_.push_back(std::move(levels));
  }
  const std::vector<Levels>& all() const { return idle_; }

 private:
  Levels take() {
    const std::lock_guard<std::mutex> hold(lock_);
    Levels levels = std::move(idle_.back());
    idle_.pop_back();
    return levels;
  }
  std::mutex lock_;
  std::vector<Levels> idle_;
};

void run(Walk& walk, const Chain& chain, float* memory) {
  const Stopwatch watch;
  const Stage& last = *chain.stages.front();
  LevelPool levels(walk, chain, memory);
  Pool& pool = walk.frame.pool;
  if (chain.inRing) {
    const int64_t groups = (walk.planes() + chain.planes - 1) / chain.planes;
    pool.each(groups * chain.ranges, 1, [&](int64_t begin, int64_t end) {
      for (int64_t unit = begin; unit < end; unit++) {
        const int64_t range = unit / groups, positions = last.positions();
        const int first = static_cast<int>(unit % groups) * chain.planes;
        levels.with([&](Level* own) {
          for (size_t i = 1; i < chain.stages.size(); i++) own[i].made = 0;
          last.make(walk, positions * range / chain.ranges, positions * (range + 1) / chain.ranges,
                    walk.view(last.block, first, std::min(chain.planes, walk.planes() - first)), own);
        });
      }
    });
  } else {
    double work = 0;
    for (const Stage* stage : chain.stages) work += stage->work;
    pool.each(last.positions(), grainOf(last.positions(), work * walk.planes()), [&](int64_t begin, int64_t end) {
      levels.with([&](Level* own) { last.make(walk, begin, end, walk.view(last.block), own); });
    });
  }
  if (walk.trace) noteTime(walk, chain, levels.all(), watch.seconds());
}

/// Rows that a ring must hold at least.
int64_t spanOf(const Reach& reach, const std::vector<int32_t>& offsets) {
  int32_t most = 1;
  for (size_t p = 0; p < reach.from.size(); p++) most = std::max(most, offsets[reach.to[p]] - offsets[reach.from[p]]);
  return most;
}

/// Plans a ring between a stage and its source; false if it is not worth it.
bool planRing(const Walk& walk, const Stage& reader, Chain& chain) {
  const Stage& above = *reader.source.stage;
  const int64_t bytes = walk.ringBytes, span = spanOf(*reader.reach, *above.offsets), threads = walk.frame.pool.threads();
  if (above.rows() * rowBytes(walk.planes()) <= bytes) return false;
  const int64_t most = std::clamp<int64_t>(bytes / (span * rowBytes(1)), 1, walk.planes());
  const int64_t groups = (walk.planes() + most - 1) / most;
  chain.planes = static_cast<int>((walk.planes() + groups - 1) / groups);
  chain.ranges = (threads + groups - 1) / groups;
  chain.ringRows = span + above.bandRows(walk, chain.planes);
  const int64_t copied = (chain.ranges - 1) * span, held = threads * chain.ringRows * chain.planes;
  if (4 * copied > above.rows() || 2 * held > above.rows() * walk.planes()) return false;
  chain.inRing = &above;
  return true;
}

/// Makes the rows of one of the stages from the one in the ring on, where they are fewest; of that one only where they are far fewer: its reader goes to each
/// of them several times, to memory in place of the ring. The chain ends before it.
void cutAtNarrowest(Walk& walk, Chain& chain) {
  auto& stages = chain.stages;
  size_t cut = stages.size() - 1;
  for (size_t i = cut; stages[i] != chain.inRing; i--) {
    const double reads = stages[i - 1] == chain.inRing ? ringReads : 1;
    if (reads * static_cast<double>(stages[i - 1]->rows()) < static_cast<double>(stages[cut]->rows())) cut = i - 1;
  }
  if (stages[cut] == chain.inRing) chain.inRing = nullptr;
  stages.resize(cut);
  makeAll(walk, *stages.back()->source.stage);
}

/// Finds what can run together with a stage. What cannot is made.
Chain chainOf(Walk& walk, Stage& stage) {
  Chain chain;
  chain.stages = {&stage};
  chain.planes = walk.planes();
  for (Stage* reader = &stage; reader->source.stage && !reader->source.stage->isMade; reader = chain.stages.back()) {
    const std::shared_ptr<Stage>& above = reader->source.stage;
    const bool isShared = above.use_count() > 1;
    if (reader->reach && chain.inRing) {
      cutAtNarrowest(walk, chain);
      break;
    }
    if (reader->reach ? isShared || !planRing(walk, *reader, chain) : isShared && chain.inRing) {
      makeAll(walk, *above);
      break;
    }
    chain.stages.push_back(above.get());
  }
  if (!chain.inRing) chain.planes = walk.planes();
  return chain;
}

}  // namespace

void makeAll(Walk& walk, Stage& stage) {
  const Chain chain = chainOf(walk, stage);
  const auto& stages = chain.stages;
  stage.block = walk.allocate(stage.rows());
  for (size_t i = 1; i < stages.size(); i++)
    if (stages[i - 1]->source.stage.use_count() > 1) stages[i]->block = walk.allocate(stages[i]->rows());
  {
    const int64_t floats = levelFloats(walk, chain) * walk.frame.pool.threads();
    const BlockPtr levels = floats > 0 ? walk.reserve(floats) : nullptr;
    if (!walk.dry) run(walk, chain, levels ? levels->data() : nullptr);
  }
  for (auto each = stages.rbegin(); each != stages.rend(); ++each)
    if ((*each)->block) (*each)->finish();
}

}  // namespace agon
