#include "waist.h"

#include <algorithm>
#include <limits>

#include "meeting.h"
#include "stopwatch.h"

namespace agon {

namespace {

/// Map elements that are combined together.
constexpr int64_t waistTile = 48;

int64_t padded(int64_t cotangents) { return (cotangents + fewestLanes - 1) / fewestLanes * fewestLanes; }

/// Numbers the rows in use from 0 in the order of their first element; null if there are `limit` or more.
RowsPtr unitsOf(const Rows& rows, int64_t limit) {
  std::vector<uint8_t> used(rows.count, 0);
  int64_t count = 0;
  for (const int32_t row : rows.row) {
    if (row < 0 || used[row]) continue;
    used[row] = 1;
    if (++count >= limit) return nullptr;
  }
  auto units = std::make_shared<Rows>(rows);
  std::vector<int32_t> number(rows.count, -1);
  units->count = 0;
  for (int32_t& row : units->row) {
    if (row < 0) continue;
    if (number[row] < 0) number[row] = units->count++;
    row = number[row];
  }
  return units;
}

struct Candidate {
  Waist waist;
  int64_t productsAbove;
};

/// The labels' cotangents at the waist: rows of units by chunks of mostLanes labels.
class Weights {
 public:
  Weights(int64_t labels, int64_t units) : units(units), step((units | 1) * planeLanes), rows_((labels + mostLanes - 1) / mostLanes * step * (mostLanes / planeLanes)) {
    std::fill(rows_.data(), rows_.data() + rows_.size(), 0.0f);
  }
  /// The first plane of unit 0 of the chunk of a label.
  float* chunk(int64_t label) const { return rows_.data() + label / mostLanes * (mostLanes / planeLanes) * step; }
  float& at(int64_t label, int64_t unit) const {
    const int64_t lane = label % mostLanes;
    return chunk(label)[lane / planeLanes * step + unit * planeLanes + lane % planeLanes];
  }
  const int64_t units, step;

 private:
  Buffer rows_;
};

/// Writes what one chunk of labels has at the waist; false if elements of one unit differ, or an element of no unit has something.
bool collect(const Waist& waist, const Walk& walk, const Cotangent& g, int64_t first, int64_t count, const Weights& weights) {
  if (!g) return true;
  const auto& unitOf = waist.units->row;
  std::vector<int32_t> rowOf(waist.units->count, -2);
  for (size_t e = 0; e < unitOf.size(); e++) {
    const int32_t row = g.rows->row[e];
    if (unitOf[e] < 0) {
      if (row >= 0) return false;
      continue;
    }
    int32_t& known = rowOf[unitOf[e]];
    if (known == -2) known = row;
    if (known != row) return false;
  }
  for (int64_t u = 0; u < weights.units; u++)
    for (int64_t j = 0; j < count; j++) weights.at(first + j, u) = rowOf[u] < 0 ? 0.0f : walk.at(g.block, rowOf[u], j);
  return true;
}

/// Maps of the units: [map element][unit].
struct UnitMaps {
  int64_t size, units, stride;
  Buffer values;
  UnitMaps(int64_t size, int64_t units) : size(size), units(units), stride(padded(units)), values(size * stride) {}
  static int64_t bytes(int64_t size, int64_t units) { return size * padded(units) * static_cast<int64_t>(sizeof(float)); }
  int64_t tiles() const { return (size + waistTile - 1) / waistTile; }
  float* at(int64_t element, int64_t unit) const { return values.data() + element * stride + unit; }
};

/// Keeps the units' maps.
class UnitSink : public MapSink {
 public:
  UnitSink(const Graph& graph, int32_t wrt, const MapMaker& maker, const UnitMaps& maps) : MapSink(graph, wrt, maker), maps_(maps) {}
  void takeMap(int64_t element, float* map) const override { std::copy_n(map, count_, maps_.at(element, first_)); }

 private:
  const UnitMaps& maps_;
};

/// Tells of progress as label passes done: units first, then their combination, in the shares of their work.
class Progress {
 public:
  Progress(const Waist& waist, int64_t labels, const FoldPlace& place, const Control& control) : labels_(labels), place_(place), control_(control) {
    const double below = static_cast<double>(waist.products) * static_cast<double>(waist.units->count);
    const double after = static_cast<double>(labels) * static_cast<double>(waist.units->count) * static_cast<double>(place.size);
    share_ = below / (below + after + 1);
  }
  void ofUnits(double done) const { tell(done * share_); }
  void ofCombination(double done) const { tell(share_ + done * (1 - share_)); }

 private:
  /// The last pass is told of by the caller, when all is done.
  void tell(double done) const {
    if (!control_.progress) return;
    const auto passes = static_cast<int64_t>(done * static_cast<double>(labels_));
    if (passes <= told_ || passes >= labels_) return;
    told_ = passes;
    control_.progress(place_.example * labels_ + passes, place_.examples * labels_);
  }

  const int64_t labels_;
  const FoldPlace& place_;
  const Control& control_;
  double share_;
  mutable int64_t told_ = 0;
};

/// map[label] = sum over units of weight[label, unit] * unit map, folded at once.
void combineUnits(Frame& frame, const Weights& weights, const UnitMaps& maps, const ContestRequest& request, const FoldPlace& place,
                  const Control& control, const Progress& progress, const ContestArrays& out) {
  const int64_t labels = request.seeds.count;
  std::vector<std::unique_ptr<ChunkFold>> folds;
  for (int64_t first = 0; first < labels; first += mostLanes)
    folds.push_back(std::make_unique<ChunkFold>(frame.kernels, request, place, first, std::min<int64_t>(mostLanes, labels - first), out));
  std::vector<int32_t> at(waistTile), unit(maps.units);
  for (int64_t i = 0; i < waistTile; i++) at[i] = static_cast<int32_t>(i * maps.stride);
  for (int64_t u = 0; u < maps.units; u++) unit[u] = static_cast<int32_t>(u);
  const auto combine = [&](int64_t begin, int64_t end) {
    const Buffer sums((waistTile | 1) * mostLanes);
    alignas(64) float map[mostLanes];
    for (int64_t t = begin; t < end; t++) {
      throwIfAborted(control.abort);
      const int64_t elements = std::min(waistTile, maps.size - t * waistTile);
      for (int64_t first = 0; first < labels; first += mostLanes) {
        const int lanes = static_cast<int>(padded(std::min<int64_t>(mostLanes, labels - first)));
        const Planes planes = {lanes / planeLanes, weights.step, (waistTile | 1) * planeLanes};
        frame.kernels.mix({maps.at(t * waistTile, 0), weights.chunk(first), unit.data(), unit.data(), maps.units}, {at.data(), sums.data(), elements}, planes);
        for (int64_t i = 0; i < elements; i++) {
          joinPlanes(sums.data() + i * planeLanes, planes.out, planes.count, map);
          folds[first / mostLanes]->add(t * waistTile + i, map, lanes);
        }
      }
    }
  };
  constexpr int64_t parts = 16;
  const int64_t tiles = maps.tiles(), each = (tiles + parts - 1) / parts;
  for (int64_t from = 0; from < tiles; from += each) {
    frame.pool.each(std::min(each, tiles - from), 1, [&](int64_t begin, int64_t end) { combine(from + begin, from + end); });
    progress.ofCombination(static_cast<double>(std::min(tiles, from + each)) / static_cast<double>(tiles));
  }
  for (const auto& fold : folds) fold->finish();
}

/// The first instruction on the way back that is not linear; the number of instructions if all are.
int32_t linearFromStart(const Graph& graph, const Frame& frame) {
  int32_t i = 0;
  for (const auto& operation : graph.operations) {
    if (!operation->isLinear() && frame.wanted[operation->outputs[0]]) break;
    i++;
  }
  return i;
}

}  // namespace

std::optional<Waist> findWaist(const Graph& graph, Frame& frame, Memory& memory, const Source& labels, const FoldPlace& place, const Control& control) {
  if (control.waist == Choice::Never || (control.waist == Choice::Auto && labels.count <= fewestLanes)) return std::nullopt;
  const bool isFree = control.waist == Choice::Always;
  const int64_t lanes = padded(labels.count);
  if (!isFree && lanes * denseProducts(graph, frame) < leastProducts) return std::nullopt;
  std::vector<Candidate> candidates;
  const int32_t linear = linearFromStart(graph, frame);
  Route route = wholeRoute(graph, labels, place.wrt);
  route.before = [&](const Walk& walk, int32_t instruction) {
    const int32_t value = walk.onlyReached();
    if (value < 0 || value == labels.value || value == place.wrt || instruction >= linear) return;
    if (const RowsPtr units = unitsOf(*walk.rowsOf(value), labels.count)) candidates.push_back({{value, instruction, units, 0}, walk.products});
  };
  Arena arena;
  Walk walk(frame, memory, arena, fewestLanes, true);
  walkBack(graph, walk, route, labels.seeds(frame, 0, labels.count), control);
  const int64_t plain = lanes * walk.products;
  if (!isFree && plain < leastProducts) return std::nullopt;
  std::optional<Waist> best;
  int64_t least = isFree ? std::numeric_limits<int64_t>::max() : plain - plain / 10;
  for (const Candidate& each : candidates) {
    const int64_t units = each.waist.units->count;
    const int64_t products = lanes * each.productsAbove + padded(units) * (walk.products - each.productsAbove) + lanes * units * place.size;
    if (products >= least) continue;
    least = products;
    best = each.waist;
    best->products = walk.products - each.productsAbove;
  }
  return best;
}

bool contestThrough(const Waist& waist, const Graph& graph, Frame& frame, Memory& memory, const Source& labels, const ContestRequest& request,
                    const FoldPlace& place, const Control& control, const ContestArrays& out) {
  const int64_t units = waist.units->count, total = labels.count;
  const Control rest =
      control.without(UnitMaps::bytes(place.size, units) + (padded(total) + mostLanes) * (units | 1) * static_cast<int64_t>(sizeof(float)));
  if (rest.memory < control.memory / 2) return false;
  const Trace before = control.trace ? *control.trace : Trace();
  const auto giveUp = [&] {
    if (control.trace) *control.trace = before;
    return false;
  };
  const Weights weights(total, units);
  bool agrees = true;
  const Route above = {labels, static_cast<int32_t>(graph.operations.size()) - 1, waist.below + 1, waist.value};
  const bool fitsAbove = fits([&] {
    eachChunk(graph, frame, memory, above, rest, [&](const Walk& walk, const Cotangent& g, int64_t first, int64_t count) {
      agrees = agrees && collect(waist, walk, g, first, count, weights);
    });
  });
  if (!fitsAbove || !agrees) return giveUp();
  const UnitMaps maps(place.size, units);
  const Progress progress(waist, total, place, control);
  const MapMaker maker(request, place.inputSize, place.example);
  const UnitSource source(waist.value, *waist.units);
  UnitSink sink(graph, place.wrt, maker, maps);
  const Route below = {source, waist.below, graph.producer[place.wrt] + 1, place.wrt, Way::Waist};
  const auto told = [&](int64_t done) { progress.ofUnits(static_cast<double>(done) / static_cast<double>(units)); };
  if (!fits([&] { eachMap(graph, frame, memory, below, maker, sink, rest, told); })) return giveUp();
  const Stopwatch watch;
  combineUnits(frame, weights, maps, request, place, control, progress, out);
  if (control.trace) control.trace->foldSeconds += watch.seconds();
  return true;
}

}  // namespace agon
