#include "fold.h"

#include <cmath>
#include <limits>

namespace agon::cuda {

/// Maps of cotangents: times the factor, summed over the axis. Product and sum are rounded each.
struct CotangentMaps {
  const float* rows;     // null: all 0
  const uint8_t* alive;
  const float* factor;   // null: 1
  SummedAxis axis;
  bool sums;
  int32_t lanes;

  AGON_HD float at(int64_t m, int32_t lane) const {
    const int64_t base = m / axis.inner * axis.extent * axis.inner + m % axis.inner;
    float sum = 0;
    for (int64_t c = 0; c < axis.extent; c++) {
      const int64_t e = base + c * axis.inner;
      const float gradient = rows && alive[e] ? rows[e * lanes + lane] : 0.0f;
      const float term = product(gradient, factor ? factor[e] : 1.0f);
      sum = sums ? sum + term : term;
    }
    return sum;
  }

  /// Never fused with a sum.
  AGON_HD static float product(float a, float b) {
#ifdef __CUDA_ARCH__
    return __fmul_rn(a, b);
#else
    return a * b;
#endif
  }
};

namespace {

constexpr int32_t nobody = std::numeric_limits<int32_t>::max();

/// Running extremes of every map element, and where its own maps go.
struct Extremes {
  float *best, *runnerUp, *worst, *runnerDown;
  int32_t *bestLabel, *worstLabel;
  /// The place among all labels of the first one whose map is not finite there.
  int32_t* sick;
};

struct Clear {
  Extremes out;
  AGON_HD void operator()(int64_t m) const {
    out.best[m] = out.runnerUp[m] = -INFINITY;
    out.worst[m] = out.runnerDown[m] = INFINITY;
    out.bestLabel[m] = out.worstLabel[m] = -1;
    out.sick[m] = nobody;
  }
};

/// Maps that are ready, [lanes, map].
struct ReadyMaps {
  const float* maps;
  int64_t size;
  AGON_HD float at(int64_t m, int32_t lane) const { return maps[lane * size + m]; }
};

/// Folds map element m of every label of a chunk, label by label.
template <class Maps>
struct FoldChunk {
  Maps of;
  const int32_t* labels;  // of the chunk
  /// Per lane: which kept map it is, or -1.
  const int32_t* kept;
  float* maps;
  Extremes out;
  int64_t first, mapSize;
  int32_t lanes;

  AGON_HD void operator()(int64_t m) const {
    float best = out.best[m], runnerUp = out.runnerUp[m], worst = out.worst[m], runnerDown = out.runnerDown[m];
    int32_t bestLabel = out.bestLabel[m], worstLabel = out.worstLabel[m];
    for (int32_t lane = 0; lane < lanes; lane++) {
      const float at = of.at(m, lane);
      if (kept[lane] >= 0) maps[kept[lane] * mapSize + m] = at;
      if (!(at - at == 0) && out.sick[m] == nobody) out.sick[m] = static_cast<int32_t>(first) + lane;
      const bool isBest = at > best, isWorst = at < worst;
      const float second = isBest ? best : at, secondLast = isWorst ? worst : at;
      runnerUp = second > runnerUp ? second : runnerUp;
      runnerDown = secondLast < runnerDown ? secondLast : runnerDown;
      best = isBest ? at : best;
      worst = isWorst ? at : worst;
      bestLabel = isBest ? labels[lane] : bestLabel;
      worstLabel = isWorst ? labels[lane] : worstLabel;
    }
    out.best[m] = best;
    out.runnerUp[m] = runnerUp;
    out.worst[m] = worst;
    out.runnerDown[m] = runnerDown;
    out.bestLabel[m] = bestLabel;
    out.worstLabel[m] = worstLabel;
  }
};

template <class Maps>
struct WriteMaps {
  Maps of;
  float* to;
  int64_t size;
  AGON_HD void operator()(int64_t i) const { to[i] = of.at(i % size, static_cast<int32_t>(i / size)); }
};

SummedAxis axisOf(const ContestRequest& request, int64_t size) { return request.sum ? *request.sum : SummedAxis{1, 1, size}; }

}  // namespace

Fold::Fold(Frame& frame, const ContestRequest& request, int32_t wrt, int64_t example, int64_t examples)
    : frame_(frame), request_(request), axis_(axisOf(request, frame.size(wrt))), example_(example), examples_(examples), mapSize_(axis_.outer * axis_.inner) {
  Device& device = frame.device;
  const int64_t size = frame.size(wrt), labels = request.seeds.count;
  if (request.factor) {
    factor_ = Floats(device, size);
    device.upload(factor_.data(), request.factor + example * size, size * 4);
  }
  for (Floats* to : {&best_, &runnerUp_, &worst_, &runnerDown_}) *to = Floats(device, mapSize_);
  for (Ints* to : {&bestLabel_, &worstLabel_, &sick_}) *to = Ints(device, mapSize_);
  maps_ = Floats(device, request.mapCount * mapSize_);
  const int32_t* own = request.seeds.labels + example * labels;
  std::vector<int32_t> kept(static_cast<size_t>(labels), -1);
  for (int64_t l = 0; l < labels; l++)
    for (int64_t k = 0; k < request.mapCount; k++)
      if (request.mapLabels[example * request.mapCount + k] == own[l]) kept[l] = static_cast<int32_t>(k);
  labels_ = Ints(device, std::vector<int32_t>(own, own + labels));
  kept_ = Ints(device, kept);
  device.zero(maps_.data(), maps_.bytes());
  device.each(mapSize_, Clear{{best_.data(), runnerUp_.data(), worst_.data(), runnerDown_.data(), bestLabel_.data(), worstLabel_.data(), sick_.data()}});
}

CotangentMaps Fold::mapsIn(const Cotangent& cotangent, int32_t lanes) const {
  return {cotangent ? cotangent.rows.data() : nullptr, cotangent ? cotangent.alive->data() : nullptr, factor_.data(), axis_, request_.sum != nullptr, lanes};
}

template <class Maps>
void Fold::fold(const Maps& maps, int64_t first, int32_t lanes) {
  const Extremes out{best_.data(), runnerUp_.data(), worst_.data(), runnerDown_.data(), bestLabel_.data(), worstLabel_.data(), sick_.data()};
  frame_.device.each(mapSize_, FoldChunk<Maps>{maps, labels_.data() + first, kept_.data() + first, maps_.data(), out, first, mapSize_, lanes});
}

void Fold::add(const Cotangent& cotangent, int64_t first, int32_t lanes) { fold(mapsIn(cotangent, lanes), first, lanes); }

void Fold::addMaps(const float* maps, int64_t first, int32_t lanes) { fold(ReadyMaps{maps, mapSize_}, first, lanes); }

void Fold::mapsOf(const Cotangent& cotangent, int32_t lanes, float* maps) const {
  frame_.device.each(lanes * mapSize_, WriteMaps<CotangentMaps>{mapsIn(cotangent, lanes), maps, mapSize_});
}

void Fold::finish(const ContestArrays& out) const {
  const std::vector<int32_t> sick = sick_.read();
  int32_t earliest = nobody;
  for (const int32_t label : sick) earliest = label < earliest ? label : earliest;
  if (earliest != nobody)
    throw Error("AGON_NOT_FINITE", "map of label " + std::to_string(request_.seeds.labels[example_ * request_.seeds.count + earliest]) + " for example " +
                                       std::to_string(example_) + ": expected finite numbers, found NaN or infinity");
  Device& device = frame_.device;
  const auto save = [&](const auto& from, auto* to) { device.download(to + example_ * mapSize_, from.data(), from.bytes()); };
  save(best_, out.best);
  save(runnerUp_, out.runnerUp);
  save(worst_, out.worst);
  save(runnerDown_, out.runnerDown);
  save(bestLabel_, out.bestLabel);
  save(worstLabel_, out.worstLabel);
  for (int64_t k = 0; k < request_.mapCount; k++)
    device.download(out.maps + (k * examples_ + example_) * mapSize_, maps_.data() + k * mapSize_, mapSize_ * 4);
}

}  // namespace agon::cuda
