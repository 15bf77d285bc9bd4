#include <cmath>
#include <limits>
#include <mutex>

#include "graph.h"

namespace agon {

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();

/// The earliest label of the chunk whose map is not finite, and the first such element of it.
struct Sick {
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

/// Own maps that are kept: lane -> map.
struct Kept {
  int64_t lane, map;
};

std::vector<Kept> keptOf(const ContestRequest& request, int64_t example, int64_t first, int64_t count) {
  std::vector<Kept> kept;
  for (int64_t j = 0; j < count; j++)
    for (int64_t m = 0; m < request.mapCount; m++)
      if (request.mapLabels[example * request.mapCount + m] == request.seeds.labels[example * request.seeds.count + first + j])
        kept.push_back({j, m});
  return kept;
}

/// Labels are added in order; a later equal value moves the runner-up only.
void fold(const float* map, int64_t count, const int32_t* labels, const ContestArrays& out, int64_t at) {
  for (int64_t j = 0; j < count; j++) {
    const float value = map[j];
    if (value > out.best[at]) {
      out.runnerUp[at] = out.best[at];
      out.best[at] = value;
      out.bestLabel[at] = labels[j];
    } else if (value > out.runnerUp[at]) {
      out.runnerUp[at] = value;
    }
    if (value < out.worst[at]) {
      out.runnerDown[at] = out.worst[at];
      out.worst[at] = value;
      out.worstLabel[at] = labels[j];
    } else if (value < out.runnerDown[at]) {
      out.runnerDown[at] = value;
    }
  }
}

std::string textOf(float value) { return std::isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity"; }

}  // namespace

void clearContest(const ContestArrays& out, int64_t elements, int64_t mapElements) {
  std::fill(out.best, out.best + elements, -infinity);
  std::fill(out.runnerUp, out.runnerUp + elements, -infinity);
  std::fill(out.worst, out.worst + elements, infinity);
  std::fill(out.runnerDown, out.runnerDown + elements, infinity);
  std::fill(out.bestLabel, out.bestLabel + elements, -1);
  std::fill(out.worstLabel, out.worstLabel + elements, -1);
  if (mapElements > 0) std::fill(out.maps, out.maps + mapElements, 0.0f);
}

void foldChunk(const Walk& walk, const Cotangent& cotangent, const ContestRequest& request, int64_t inputSize, int64_t example,
               int64_t examples, int64_t first, int64_t count, const ContestArrays& out) {
  const SummedAxis axis = request.sum ? *request.sum : SummedAxis{1, 1, inputSize};
  const int64_t size = axis.outer * axis.inner;
  const int32_t* labels = request.seeds.labels + example * request.seeds.count + first;
  const float* factor = request.factor ? request.factor + example * inputSize : nullptr;
  const std::vector<Kept> kept = keptOf(request, example, first, count);
  const Kernels& k = walk.frame.kernels;
  Sick sick;
  walk.frame.pool.each(size, 256, [&](int64_t begin, int64_t end) {
    const Buffer scratch(walk.lanes);
    float* const map = scratch.data();
    const int64_t step = cotangent ? walk.step(cotangent.block) : 0;
    for (int64_t m = begin; m < end; m++) {
      std::fill(map, map + walk.lanes, 0.0f);
      for (int64_t c = 0; c < axis.extent; c++) {
        const int64_t e = (m / axis.inner * axis.extent + c) * axis.inner + m % axis.inner;
        const int32_t row = cotangent ? cotangent.rows->row[e] : -1;
        k.product(map, row < 0 ? nullptr : walk.row(cotangent.block, row), step, factor ? factor[e] : 1.0f, request.sum != nullptr, walk.planes());
      }
      for (const Kept& own : kept) out.maps[(own.map * examples + example) * size + m] = map[own.lane];
      std::fill(map + count, map + walk.lanes, map[0]);
      const int64_t at = example * size + m;
      float largest, smallest;
      if (!k.range(map, walk.lanes, &largest, &smallest)) {
        for (int64_t j = 0; j < count; j++)
          if (!std::isfinite(map[j])) {
            sick.report(j, m, map[j]);
            break;
          }
      } else if (largest > out.runnerUp[at] || smallest < out.runnerDown[at]) {
        fold(map, count, labels, out, at);
      }
    }
  });
  if (sick.lane < 0) return;
  throw Error("AGON_NOT_FINITE", "map of label " + std::to_string(labels[sick.lane]) + " for example " + std::to_string(example) +
                                     ": expected finite numbers, found " + textOf(sick.value));
}

}  // namespace agon
