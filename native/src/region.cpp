#include "region.h"

#include <algorithm>

#include "graph.h"

namespace agon {

namespace {

/// Rows of a plane that stay in the first cache, once for every value of a region.
constexpr int64_t tileRows = 32;
/// Rows per piece of work.
constexpr int64_t regionGrain = 2048;
/// Values of a region at most, so that their tiles fit the first cache.
constexpr size_t mostSteps = 10;

using Ids = std::vector<int32_t>;

bool has(const Ids& ids, int32_t id) { return std::find(ids.begin(), ids.end(), id) != ids.end(); }

/// The instructions that read every value.
std::vector<Ids> readersOf(const Graph& graph) {
  std::vector<Ids> readers(graph.values.size());
  for (const auto& operation : graph.operations)
    for (const int32_t v : operation->inputs)
      if (v >= 0) readers[v].push_back(operation->index);
  return readers;
}

/// Computed values that `steps` read and do not make.
Ids sourcesOf(const Graph& graph, const Ids& steps) {
  Ids sources;
  for (const int32_t i : steps)
    for (const int32_t v : graph.operations[i]->inputs)
      if (v >= 0 && !graph.isConstant[v] && !has(steps, graph.producer[v]) && !has(sources, v)) sources.push_back(v);
  return sources;
}

/// The longest region that ends with an instruction, or one without steps.
Region regionFrom(const Graph& graph, const std::vector<Ids>& readers, int32_t last) {
  Region region;
  region.x = -1;
  Ids steps = {last};
  const int64_t size = graph.values[graph.operations[last]->outputs[0]].size;
  const auto isInside = [&](int32_t v) { return std::all_of(readers[v].begin(), readers[v].end(), [&](int32_t i) { return has(steps, i); }); };
  for (;;) {
    const Ids sources = sourcesOf(graph, steps);
    if (sources.size() == 1 && graph.values[sources[0]].size == size && isInside(sources[0])) {
      region.steps = steps;
      region.x = sources[0];
    }
    int32_t next = -1;
    for (const int32_t v : sources) {
      const int32_t maker = graph.producer[v];
      if (v != graph.output && maker > next && graph.operations[maker]->isElementwise() && graph.values[v].size == size && isInside(v)) next = maker;
    }
    if (next < 0 || steps.size() == mostSteps) break;
    steps.push_back(next);
  }
  std::sort(region.steps.begin(), region.steps.end());
  return region;
}

}  // namespace

/// The element whose row each one is.
struct ElementRecipe : Recipe {
  std::vector<int32_t> element;
  int64_t bytes() const override { return 4 * static_cast<int64_t>(element.size()); }
};

/// Tile `to` becomes tile `from` times the factors (null: 1) of its elements, or that is added to it.
struct TileStep {
  size_t from, to;
  const float* factor;
  bool adds;
};

/// What happens to a tile: number 0 is y, the last number x.
struct TileSteps {
  std::vector<TileStep> steps;
  size_t tiles;
};

namespace {

TileSteps tileSteps(const Graph& graph, const Region& region, const Walk& walk) {
  TileSteps made;
  Ids numbers = {graph.operations[region.steps.back()]->outputs[0]};
  for (size_t s = region.steps.size() - 1; s > 0; s--) numbers.push_back(graph.operations[region.steps[s - 1]]->outputs[0]);
  numbers.push_back(region.x);
  std::vector<uint8_t> isReached(numbers.size(), 0);
  isReached[0] = 1;
  for (size_t s = region.steps.size(); s-- > 0;) {
    const Operation& operation = *graph.operations[region.steps[s]];
    const size_t from = region.steps.size() - 1 - s;
    for (size_t which = 0; which < operation.inputs.size(); which++) {
      const int32_t v = operation.inputs[which];
      if (!isReached[from] || !walk.wants(v)) continue;
      const size_t to = static_cast<size_t>(std::find(numbers.begin(), numbers.end(), v) - numbers.begin());
      made.steps.push_back({from, to, operation.slope(walk.frame, which), isReached[to] != 0});
      isReached[to] = 1;
    }
  }
  made.tiles = numbers.size();
  return made;
}

/// Memory of one thread.
class TileRun {
 public:
  TileRun(const Walk& walk, const TileSteps& of, const std::vector<int32_t>& element)
      : walk_(walk), of_(of), element_(element), factors_(of.steps.size() * tileRows), tiles_((of.tiles + 1) * tileRows * planeLanes) {
    for (int32_t i = 0; i < tileRows; i++) counting_[i] = i;
  }

  /// Rows begin .. begin + count-1, at most tileRows of them; may be in place.
  void run(const RowView& from, const RowView& to, int64_t begin, int64_t count) {
    for (size_t s = 0; s < of_.steps.size(); s++) {
      const float* const slope = of_.steps[s].factor;
      for (int64_t i = 0; slope && i < count; i++) factors_[s * tileRows + i] = element_[begin + i] < 0 ? 0.0f : slope[element_[begin + i]];
    }
    for (int p = 0; p < to.planes; p++) {
      const float* const y = from.row(begin) + p * from.step;
      for (size_t s = 0; s < of_.steps.size(); s++) take(of_.steps[s], factors_.data() + s * tileRows, y, count);
      std::copy_n(tile(of_.tiles - 1), count * planeLanes, to.row(begin) + p * to.step);
    }
  }

 private:
  float* tile(size_t number) const { return tiles_.data() + number * tileRows * planeLanes; }

  void take(const TileStep& step, const float* factors, const float* y, int64_t count) {
    const Kernels& k = walk_.frame.kernels;
    const float* source = step.from == 0 ? y : tile(step.from);
    float* const to = tile(step.to);
    if (step.factor) {
      float* const scaled = step.adds ? tile(of_.tiles) : to;
      k.scale(scaled, source, nullptr, factors, 0, count);
      source = scaled;
    }
    if (step.adds) k.add(to, source, counting_, 0, count);
    else if (source != to) std::copy_n(source, count * planeLanes, to);
  }

  const Walk& walk_;
  const TileSteps& of_;
  const std::vector<int32_t>& element_;
  int32_t counting_[tileRows];
  std::vector<float> factors_;
  Buffer tiles_;
};

}  // namespace

struct RegionPass {
  TileSteps tiles;
  std::shared_ptr<const ElementRecipe> recipe;

  void run(const Walk& walk, const RowView& from, const RowView& to, int64_t begin, int64_t end) const {
    TileRun run(walk, tiles, recipe->element);
    for (int64_t first = begin; first < end; first += tileRows) run.run(from, to, first, std::min(tileRows, end - first));
  }
};

namespace {

/// The pass for rows of y; null where the instructions have to go one by one.
std::shared_ptr<const RegionPass> passOf(const Graph& graph, const Region& region, Walk& walk, size_t slot, const RowsPtr& rows) {
  if (!walk.wants(region.x) || !rows->distinct) return nullptr;
  auto recipe = walk.recipeOfMask<ElementRecipe>(slot, region.x, {rows}, 0, [&] {
    auto made = std::make_shared<ElementRecipe>();
    made->element.assign(rows->count, -1);
    bool isWanted = true;
    for (size_t e = 0; e < rows->row.size(); e++) {
      if (rows->row[e] < 0) continue;
      made->element[rows->row[e]] = static_cast<int32_t>(e);
      isWanted = isWanted && walk.mask(region.x)[e];
    }
    if (isWanted) made->rows = rows;
    return made;
  });
  if (!recipe->rows) return nullptr;
  TileSteps tiles = tileSteps(graph, region, walk);
  if (tiles.steps.empty() || tiles.steps.back().to != tiles.tiles - 1) return nullptr;
  for (const TileStep& step : tiles.steps) walk.products += step.factor ? rows->count : 0;
  return std::make_shared<const RegionPass>(RegionPass{std::move(tiles), std::move(recipe)});
}

}  // namespace

bool Region::backward(const Graph& graph, Walk& walk) const {
  if (hasOneFactor) return false;
  const Operation& last = *graph.operations[steps.back()];
  const RowsPtr rows = walk.rowsOf(last.outputs[0]);
  const auto pass = passOf(graph, *this, walk, last.inputs.size(), rows);
  if (!pass) return false;
  Cotangent g = walk.take(last.outputs[0]);
  const BlockPtr to = Walk::owns(g) ? g.block : walk.allocate(rows->count);
  if (!walk.dry)
    walk.frame.pool.each(rows->count, regionGrain, [&](int64_t begin, int64_t end) { pass->run(walk, walk.view(g.block), walk.view(to), begin, end); });
  g.block.reset();
  walk.give(x, {rows, to});
  return true;
}

Finish finishOf(Walk& walk, size_t slot, int32_t y, const RowsPtr& rows) {
  if (!walk.graph || walk.reached(y) || walk.graph->producer[y] < walk.first) return {y};
  const Graph& graph = *walk.graph;
  const int32_t at = graph.regionOf[graph.producer[y]];
  if (at < 0 || !graph.regions[at].isReadOnce || graph.regions[at].steps.front() < walk.first) return {y};
  auto pass = passOf(graph, graph.regions[at], walk, slot, rows);
  if (!pass) return {y};
  return {graph.regions[at].x, std::move(pass)};
}

void Finish::take(const Walk& walk, const RowView& to, int64_t begin, int64_t end) const {
  if (pass) pass->run(walk, to, to, begin, end);
}

std::vector<Region> findRegions(const Graph& graph) {
  const auto readers = readersOf(graph);
  std::vector<Region> regions;
  std::vector<uint8_t> isIn(graph.operations.size(), 0);
  for (int32_t i = static_cast<int32_t>(graph.operations.size()) - 1; i >= 0; i--) {
    if (isIn[i] || !graph.operations[i]->isElementwise()) continue;
    Region region = regionFrom(graph, readers, i);
    const auto factors = std::count_if(region.steps.begin(), region.steps.end(), [&](int32_t s) { return graph.operations[s]->hasSlopes(); });
    if (factors < 1) continue;
    const int32_t y = graph.operations[i]->outputs[0];
    region.hasOneFactor = factors == 1;
    region.isReadOnce = readers[y].size() == 1 && y != graph.output;
    for (const int32_t s : region.steps) isIn[s] = 1;
    regions.push_back(std::move(region));
  }
  std::reverse(regions.begin(), regions.end());
  return regions;
}

}  // namespace agon
