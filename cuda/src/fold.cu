#include "fold.h"

#include <algorithm>

namespace agon::cuda {

namespace {

struct Clear {
  Extremes out;
  AGON_HD void operator()(int64_t m) const {
    out.best[m] = out.runnerUp[m] = -INFINITY;
    out.worst[m] = out.runnerDown[m] = INFINITY;
    out.bestLabel[m] = out.worstLabel[m] = -1;
    out.sick[m] = Extremes::nobody;
  }
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
  labels_ = Ints(device, std::vector<int32_t>(own, own + labels));
  findKept(labels);
  device.zero(maps_.data(), maps_.bytes());
  device.each(mapSize_, Clear{extremes()});
}

/// A label that is kept several times has as many maps; of one that competes several times, the last place counts, as it is written last.
void Fold::findKept(int64_t labels) {
  const int32_t *own = request_.seeds.labels + example_ * labels, *wanted = request_.mapLabels + example_ * request_.mapCount;
  std::vector<int32_t> maps;
  for (int64_t l = 0; l < labels; l++) {
    for (int64_t k = 0; k < request_.mapCount; k++) {
      if (wanted[k] != own[l]) continue;
      keptPlaces_.push_back(static_cast<int32_t>(l));
      maps.push_back(static_cast<int32_t>(k));
    }
  }
  keptPlace_ = Ints(frame_.device, keptPlaces_);
  keptMap_ = Ints(frame_.device, maps);
}

Extremes Fold::extremes() const {
  return {best_.data(), runnerUp_.data(), worst_.data(), runnerDown_.data(), bestLabel_.data(), worstLabel_.data(), sick_.data()};
}

void Fold::add(const Cotangent& cotangent, int64_t first, int32_t lanes) {
  const auto placeOf = [&](int64_t label) { return std::lower_bound(keptPlaces_.begin(), keptPlaces_.end(), label) - keptPlaces_.begin(); };
  const int64_t kept = placeOf(first);
  FoldTiles chunk{};
  chunk.rows = cotangent ? cotangent.rows.data() : nullptr;
  chunk.alive = cotangent ? cotangent.alive->data() : nullptr;
  chunk.factor = factor_.data();
  chunk.axis = axis_;
  chunk.sums = request_.sum != nullptr;
  chunk.labels = labels_.data() + first;
  chunk.kept = {keptPlace_.data() + kept, keptMap_.data() + kept, static_cast<int32_t>(placeOf(first + lanes) - kept), maps_.data()};
  chunk.out = extremes();
  chunk.first = first;
  chunk.mapSize = mapSize_;
  chunk.lanes = lanes;
  frame_.device.blocks({(mapSize_ + FoldTiles::tile - 1) / FoldTiles::tile}, chunk);
}

void Fold::finish(const ContestArrays& out) const {
  const std::vector<int32_t> sick = sick_.read();
  int32_t earliest = Extremes::nobody;
  for (const int32_t label : sick) earliest = label < earliest ? label : earliest;
  if (earliest != Extremes::nobody)
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
