#include <cmath>
#include <limits>
#include <mutex>

#include "fold.h"

namespace agon {

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();

/// The extremes from element `at` on.
ExtremeRows extremesAt(const ContestArrays& out, int64_t at) {
  return {out.best + at, out.runnerUp + at, out.worst + at, out.runnerDown + at, out.bestLabel + at, out.worstLabel + at};
}

/// Products of a plane of lanes that take as long as making and folding one of them.
constexpr double mapProducts = 16;

std::string textOf(float value) { return std::isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity"; }

}  // namespace

void clearExtremes(const ContestArrays& out, int64_t first, int64_t count) {
  std::fill_n(out.best + first, count, -infinity);
  std::fill_n(out.runnerUp + first, count, -infinity);
  std::fill_n(out.worst + first, count, infinity);
  std::fill_n(out.runnerDown + first, count, infinity);
  std::fill_n(out.bestLabel + first, count, -1);
  std::fill_n(out.worstLabel + first, count, -1);
}

MapMaker::MapMaker(const ContestRequest& request, int64_t inputSize, int64_t example)
    : axis_(request.sum ? *request.sum : SummedAxis{1, 1, inputSize}),
      factor_(request.factor ? request.factor + example * inputSize : nullptr),
      accumulate_(request.sum != nullptr) {}

void MapMaker::make(const Walk& walk, const Cotangent& cotangent, int64_t m, float* map) const {
  const int64_t step = cotangent ? walk.step(cotangent.block) : 0;
  std::fill(map, map + walk.lanes, 0.0f);
  for (int64_t c = 0; c < axis_.extent; c++) {
    const int64_t e = elementOf(m, c);
    const int32_t row = cotangent ? cotangent.rows->row[e] : -1;
    walk.frame.kernels.product(map, row < 0 ? nullptr : walk.row(cotangent.block, row), step, factor_ ? factor_[e] : 1.0f, accumulate_, walk.planes());
  }
}

bool MapMaker::rowsOf(const Cotangent& cotangent, int64_t m, MapRows& rows) const {
  const bool isInner = m % axis_.inner + mapsTogether <= axis_.inner;
  if (!isInner && axis_.inner > 1) return false;
  const int64_t first = elementOf(m, 0);
  rows = {nullptr, 0, cotangent.rows->row.data() + first, factor_ ? factor_ + first : nullptr, axis_.extent, axis_.inner, isInner ? 1 : axis_.extent, accumulate_};
  return true;
}

void MapMaker::tangentsOf(const std::vector<int32_t>& members, Tangents& to) const {
  const int64_t width = static_cast<int64_t>(members.size());
  to.clear(width, width * axis_.extent);
  for (int64_t i = 0; i < width; i++) {
    for (int64_t c = 0; c < axis_.extent; c++) {
      const int64_t e = elementOf(members[i], c);
      float* const change = to.add(static_cast<int32_t>(e));
      std::fill_n(change, width, 0.0f);
      change[i] = factor_ ? factor_[e] : 1.0f;
    }
  }
}

/// The earliest label of the chunk whose map is not finite, and the first such element of it.
struct ChunkFold::Sick {
  std::mutex lock;
  int64_t lane = -1, element = 0;
  float value = 0;

  void report(int64_t atLane, int64_t atElement, float found) {
    std::lock_guard<std::mutex> hold(lock);
    if (lane >= 0 && (lane < atLane || (lane == atLane && element < atElement))) return;
    lane = atLane;
    element = atElement;
    value = found;
  }
};

void MapMaker::makeAt(const Kernels& kernels, int64_t position, const PositionRows& at, int planes, float* map) const {
  std::fill(map, map + planes * planeLanes, 0.0f);
  for (int64_t c = 0; c < axis_.extent; c++)
    kernels.product(map, at.rows[c], at.step, factor_ ? factor_[c * axis_.inner + position] : 1.0f, true, planes);
}

ChunkFold::ChunkFold(const Kernels& kernels, const ContestRequest& request, const FoldPlace& place, int64_t first, int64_t count, const ContestArrays& out)
    : kernels_(kernels), place_(place), count_(count), labels_(request.seeds.labels + place.example * request.seeds.count + first), out_(out), goesOn_(first > 0), sick_(std::make_unique<Sick>()) {
  for (int64_t j = 0; j < count; j++)
    for (int64_t m = 0; m < request.mapCount; m++)
      if (request.mapLabels[place.example * request.mapCount + m] == labels_[j]) kept_.push_back({j, m});
}

ChunkFold::~ChunkFold() = default;

void ChunkFold::add(int64_t m, float* map, int lanes) const {
  for (const Kept& own : kept_) out_.maps[(own.map * place_.examples + place_.example) * place_.size + m] = map[own.lane];
  std::fill(map + count_, map + lanes, map[0]);
  if (kernels_.foldLanes(map, count_, labels_, extremesAt(out_, place_.example * place_.size + m), goesOn_)) return;
  for (int64_t j = 0; j < count_; j++) {
    if (std::isfinite(map[j])) continue;
    sick_->report(j, m, map[j]);
    break;
  }
}

bool ChunkFold::addBlock(int64_t m, const float* values) const {
  if (!kernels_.fold(values, count_, labels_, extremesAt(out_, place_.example * place_.size + m), goesOn_)) return false;
  for (const Kept& own : kept_)
    std::copy_n(values + own.lane * mapsTogether, mapsTogether, out_.maps + (own.map * place_.examples + place_.example) * place_.size + m);
  return true;
}

void ChunkFold::finish() const {
  if (sick_->lane < 0) return;
  throw Error("AGON_NOT_FINITE", "map of label " + std::to_string(labels_[sick_->lane]) + " for example " + std::to_string(place_.example) +
                                     ": expected finite numbers, found " + textOf(sick_->value));
}

void MapSink::begin(const Walk& walk, int64_t first, int64_t count) {
  walk_ = &walk;
  first_ = first;
  count_ = count;
  beginChunk();
}

void MapSink::take(int64_t position, const PositionRows& rows) const {
  alignas(64) float map[mostLanes];
  maker_.makeAt(walk_->frame.kernels, position, rows, walk_->planes(), map);
  takeMap(position, map);
}

/// mapsTogether neighbours, element by element only if they do not lie evenly or the sink takes them so.
bool MapSink::makeBlock(const Cotangent& cotangent, int64_t element) const {
  MapRows rows;
  if (!cotangent || !maker_.rowsOf(cotangent, element, rows)) return false;
  const int64_t step = walk_->step(cotangent.block);
  rows.zero = step / planeLanes - 1;  // the last row of a block is zero
  alignas(64) float values[mapsTogether * mostLanes];
  for (int p = 0; p < walk_->planes(); p++) {
    rows.rows = walk_->row(cotangent.block, 0) + p * step;
    walk_->frame.kernels.maps(rows, values + p * planeLanes * mapsTogether);
  }
  return takeBlock(element, values);
}

void MapSink::takeAll(const Cotangent& cotangent) const {
  const double work = mapProducts * static_cast<double>(maker_.elements() * walk_->planes());
  walk_->frame.pool.each(maker_.mapSize(), grainOf(maker_.mapSize(), work), [&](int64_t begin, int64_t end) {
    alignas(64) float map[mostLanes];
    for (int64_t first = begin; first < end; first += mapsTogether) {
      const int64_t last = std::min(end, first + mapsTogether);
      if (last - first == mapsTogether && makeBlock(cotangent, first)) continue;
      for (int64_t m = first; m < last; m++) {
        maker_.make(*walk_, cotangent, m, map);
        takeMap(m, map);
      }
    }
  });
}

void FoldSink::beginChunk() { fold_ = std::make_unique<ChunkFold>(walk_->frame.kernels, request_, place_, first_, count_, out_); }

}  // namespace agon
