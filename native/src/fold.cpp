#include <cmath>
#include <cstring>
#include <limits>
#include <mutex>

#include "fold.h"

namespace agon {

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();

/// foldOne for labels in order, without a branch per label.
void fold(const float* map, int64_t count, const int32_t* labels, const ContestArrays& out, int64_t at) {
  float best = out.best[at], runnerUp = out.runnerUp[at], worst = out.worst[at], runnerDown = out.runnerDown[at];
  int32_t bestLabel = out.bestLabel[at], worstLabel = out.worstLabel[at];
  for (int64_t j = 0; j < count; j++) {
    const float value = map[j];
    const bool isBest = value > best, isWorst = value < worst;
    const float second = isBest ? best : value, secondLast = isWorst ? worst : value;
    runnerUp = second > runnerUp ? second : runnerUp;
    runnerDown = secondLast < runnerDown ? secondLast : runnerDown;
    best = isBest ? value : best;
    worst = isWorst ? value : worst;
    bestLabel = isBest ? labels[j] : bestLabel;
    worstLabel = isWorst ? labels[j] : worstLabel;
  }
  out.best[at] = best;
  out.runnerUp[at] = runnerUp;
  out.worst[at] = worst;
  out.runnerDown[at] = runnerDown;
  out.bestLabel[at] = bestLabel;
  out.worstLabel[at] = worstLabel;
}

/// Map elements that are folded side by side.
constexpr int64_t mapsTogether = 16;

/// foldOne for one label and mapsTogether neighbouring elements from `at` on.
void foldSideBySide(const float* values, int32_t label, const ContestArrays& out, int64_t at) {
  float *const __restrict best = out.best + at, *const __restrict runnerUp = out.runnerUp + at;
  float *const __restrict worst = out.worst + at, *const __restrict runnerDown = out.runnerDown + at;
  int32_t *const __restrict bestLabel = out.bestLabel + at, *const __restrict worstLabel = out.worstLabel + at;
  for (int64_t i = 0; i < mapsTogether; i++) {
    const float value = values[i], most = best[i], least = worst[i];
    const float second = value > most ? most : value, secondLast = value < least ? least : value;
    runnerUp[i] = second > runnerUp[i] ? second : runnerUp[i];
    runnerDown[i] = secondLast < runnerDown[i] ? secondLast : runnerDown[i];
    bestLabel[i] = value > most ? label : bestLabel[i];
    worstLabel[i] = value < least ? label : worstLabel[i];
    best[i] = value > most ? value : most;
    worst[i] = value < least ? value : least;
  }
}

/// Whether mapsTogether values are all finite, without a branch per value.
bool allFinite(const float* values) {
  constexpr uint32_t exponent = 0x7f800000;
  uint32_t sick = 0;
  for (int64_t i = 0; i < mapsTogether; i++) {
    uint32_t bits;
    std::memcpy(&bits, values + i, sizeof bits);
    sick |= (bits & exponent) == exponent;
  }
  return sick == 0;
}

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
    : kernels_(kernels), place_(place), count_(count), labels_(request.seeds.labels + place.example * request.seeds.count + first), out_(out), sick_(std::make_unique<Sick>()) {
  for (int64_t j = 0; j < count; j++)
    for (int64_t m = 0; m < request.mapCount; m++)
      if (request.mapLabels[place.example * request.mapCount + m] == labels_[j]) kept_.push_back({j, m});
}

ChunkFold::~ChunkFold() = default;

void ChunkFold::add(int64_t m, float* map, int lanes) const {
  for (const Kept& own : kept_) out_.maps[(own.map * place_.examples + place_.example) * place_.size + m] = map[own.lane];
  std::fill(map + count_, map + lanes, map[0]);
  const int64_t at = place_.example * place_.size + m;
  float largest, smallest;
  if (!kernels_.range(map, lanes, &largest, &smallest)) {
    for (int64_t j = 0; j < count_; j++) {
      if (std::isfinite(map[j])) continue;
      sick_->report(j, m, map[j]);
      break;
    }
    return;
  }
  if (largest <= out_.runnerUp[at] && smallest >= out_.runnerDown[at]) return;
  for (int64_t first = 0; first < count_; first += planeLanes) {
    if (lanes > planeLanes) kernels_.range(map + first, planeLanes, &largest, &smallest);
    if (largest > out_.runnerUp[at] || smallest < out_.runnerDown[at])
      fold(map + first, std::min<int64_t>(planeLanes, count_ - first), labels_ + first, out_, at);
  }
}

void ChunkFold::addAll(int64_t m, int64_t elements, float* maps, int lanes) const {
  if (elements == mapsTogether && lanes == planeLanes && kept_.empty() && addBlock(m, maps)) return;
  for (int64_t i = 0; i < elements; i++) add(m + i, maps + i * lanes, lanes);
}

/// mapsTogether elements at once, label by label; false, with nothing done, if a value is not finite.
bool ChunkFold::addBlock(int64_t m, const float* maps) const {
  alignas(64) float turned[planeLanes][mapsTogether];
  for (int64_t i = 0; i < mapsTogether; i++)
    for (int64_t j = 0; j < count_; j++) turned[j][i] = maps[i * planeLanes + j];
  for (int64_t j = 0; j < count_; j++)
    if (!allFinite(turned[j])) return false;
  for (int64_t j = 0; j < count_; j++) foldSideBySide(turned[j], labels_[j], out_, place_.example * place_.size + m);
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

void MapSink::takeAll(const Cotangent& cotangent) const {
  walk_->frame.pool.each(maker_.mapSize(), 512, [&](int64_t begin, int64_t end) {
    alignas(64) float maps[mapsTogether * mostLanes];
    for (int64_t m = begin; m < end; m += mapsTogether) {
      const int64_t count = std::min(mapsTogether, end - m);
      for (int64_t i = 0; i < count; i++) maker_.make(*walk_, cotangent, m + i, maps + i * walk_->lanes);
      takeMaps(m, count, maps);
    }
  });
}

void FoldSink::restart() { clearExtremes(out_, place_.example * place_.size, place_.size); }

void FoldSink::beginChunk() { fold_ = std::make_unique<ChunkFold>(walk_->frame.kernels, request_, place_, first_, count_, out_); }

}  // namespace agon
