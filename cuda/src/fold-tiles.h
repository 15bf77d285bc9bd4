#pragma once
#include <agon/session.h>

#include <cmath>
#include <limits>

#include "launch.h"

namespace agon::cuda {

/// Product and sum that are rounded each: a map is bit for bit sumAxis(multiply(gradient, factor)).
AGON_HD inline float timesRounded(float a, float b) {
#ifdef __CUDA_ARCH__
  return __fmul_rn(a, b);
#else
  return a * b;
#endif
}
AGON_HD inline float plusRounded(float a, float b) {
#ifdef __CUDA_ARCH__
  return __fadd_rn(a, b);
#else
  return a + b;
#endif
}

/// The largest and the second largest of some numbers, and which lane brought the largest (-1: none did); the first of equals.
struct Largest {
  float first, second;
  int32_t lane;
  AGON_HD void add(float at, int32_t of) {
    const bool isFirst = at > first;
    const float other = isFirst ? first : at;
    second = other > second ? other : second;
    first = isFirst ? at : first;
    lane = isFirst ? of : lane;
  }
};

/// Running extremes of every map element.
struct Extremes {
  float *best, *runnerUp, *worst, *runnerDown;
  int32_t *bestLabel, *worstLabel;
  /// The place among all labels of the first one whose map is not finite there, or nobody.
  int32_t* sick;
  static constexpr int32_t nobody = std::numeric_limits<int32_t>::max();
};

/// Own maps that are kept: that of the label at place[i] among all is number map[i], in ascending order of places.
struct KeptMaps {
  const int32_t *place, *map;
  int32_t count;
  float* maps;  // [map, map element]
};

/// The maps of a chunk of labels, folded label by label in their order: tiles of 32 map elements and 32 lanes are staged along the lanes, and folded along the
/// elements. Of a tile, one warp follows the largest, one the smallest (as the largest of the negatives), one looks for what is not finite, and one keeps maps.
struct FoldTiles {
  static constexpr int tile = warpThreads, warps = 4, threads = warps * tile, rowsEach = tile / warps;

  struct Shared {
    float map[tile][tile + 1];  // [map element][lane], padded so that a column lies in all banks
    int64_t first[tile];        // per map element: the first element of the value on its axis
  };
  struct State {
    Largest of;
    int32_t sick, kept;
  };

  const float* rows;  // null: all 0
  const uint8_t* alive;
  const float* factor;  // null: 1
  SummedAxis axis;
  bool sums;
  const int32_t* labels;  // of the chunk
  KeptMaps kept;          // of the chunk
  Extremes out;
  /// Place of the chunk's first label among all.
  int64_t first, mapSize;
  int32_t lanes;

  AGON_HD void operator()(Block<threads> block, Shared& shared) const {
    PerThread<State, threads> states;
    block.each([&](int thread) { states[thread] = begin(block.x, thread, shared); });
    for (int32_t from = 0; from < lanes; from += tile) {
      block.each([&](int thread) { stage(thread, from, shared); });
      block.each([&](int thread) { fold(block.x, thread, from, shared, states[thread]); });
    }
    block.each([&](int thread) { end(block.x, thread, states[thread]); });
  }

 private:
  AGON_HD static int64_t elementOf(int64_t x, int thread) { return x * tile + thread % tile; }

  /// Past the end of the map, threads do what those of its last element do, and write nothing.
  AGON_HD State begin(int64_t x, int thread, Shared& shared) const {
    const int64_t own = elementOf(x, thread), m = own < mapSize ? own : mapSize - 1;
    const int job = thread / tile;
    if (job == 0) shared.first[thread] = m / axis.inner * axis.extent * axis.inner + m % axis.inner;
    State state{{0, 0, -1}, Extremes::nobody, 0};
    if (job == 0) state.of = {out.best[m], out.runnerUp[m], -1};
    if (job == 1) state.of = {-out.worst[m], -out.runnerDown[m], -1};
    if (job == 2) state.sick = out.sick[m];
    return state;
  }

  /// Every warp makes the maps of rowsEach elements, for a lane per thread.
  AGON_HD void stage(int thread, int32_t from, Shared& shared) const {
    const int32_t lane = from + thread % tile;
    if (lane >= lanes) return;
    float map[rowsEach] = {};
    for (int64_t c = 0; c < axis.extent; c++) {
      for (int i = 0; i < rowsEach; i++) {
        const int64_t e = shared.first[thread / tile + i * warps] + c * axis.inner;
        const float gradient = rows && alive[e] ? rows[e * lanes + lane] : 0.0f;
        const float product = timesRounded(plusRounded(gradient, 0.0f), factor ? factor[e] : 1.0f);  // + 0 makes -0 to 0
        map[i] = sums ? plusRounded(map[i], product) : product;
      }
    }
    for (int i = 0; i < rowsEach; i++) shared.map[thread / tile + i * warps][lane - from] = map[i];
  }

  AGON_HD void fold(int64_t x, int thread, int32_t from, const Shared& shared, State& state) const {
    const float* map = shared.map[thread % tile];
    const int32_t count = lanes - from < tile ? lanes - from : tile;
    const int job = thread / tile;
    if (job == 0) {
      for (int32_t l = 0; l < count; l++) state.of.add(map[l], from + l);
    } else if (job == 1) {
      for (int32_t l = 0; l < count; l++) state.of.add(-map[l], from + l);
    } else if (job == 2) {
      for (int32_t l = 0; l < count && state.sick == Extremes::nobody; l++)
        if (!(map[l] - map[l] == 0)) state.sick = static_cast<int32_t>(first) + from + l;
    } else {
      keep(elementOf(x, thread), map, from, count, state.kept);
    }
  }

  AGON_HD void keep(int64_t m, const float* map, int32_t from, int32_t count, int32_t& next) const {
    for (; next < kept.count; next++) {
      const int64_t l = kept.place[next] - first - from;
      if (l >= count) return;
      if (m < mapSize) kept.maps[kept.map[next] * mapSize + m] = map[l];
    }
  }

  AGON_HD void end(int64_t x, int thread, const State& state) const {
    const int64_t m = elementOf(x, thread);
    const int job = thread / tile;
    if (m >= mapSize) return;
    if (job == 0) {
      out.best[m] = state.of.first;
      out.runnerUp[m] = state.of.second;
      if (state.of.lane >= 0) out.bestLabel[m] = labels[state.of.lane];
    } else if (job == 1) {
      out.worst[m] = -state.of.first;
      out.runnerDown[m] = -state.of.second;
      if (state.of.lane >= 0) out.worstLabel[m] = labels[state.of.lane];
    } else if (job == 2) {
      out.sick[m] = state.sick;
    }
  }
};

}  // namespace agon::cuda
