#include "fold.h"

#include <algorithm>
#include <cstring>

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

struct FillOnes {
  uint8_t* out;
  AGON_HD void operator()(int64_t m) const { out[m] = 1; }
};

/// Maps of cotangents in the form of their rows.
struct WriteMaps {
  const float* rows;  // null: all 0
  const uint8_t* alive;
  const float* factor;  // null: 1
  SummedAxis axis;
  float* to;
  int64_t step;
  int32_t lanes;
  AGON_HD void operator()(int64_t m, int32_t lane) const {
    float sum = 0;
    for (int64_t c = 0; rows && c < axis.extent; c++) {
      const int64_t e = (m / axis.inner * axis.extent + c) * axis.inner + m % axis.inner;
      if (alive[e]) sum = plusRounded(sum, timesRounded(rows[e * lanes + lane], factor ? factor[e] : 1.0f));
    }
    to[m * step + lane] = sum;
  }
};

SummedAxis axisOf(const ContestRequest& request, int64_t size) { return request.sum ? *request.sum : SummedAxis{1, 1, size}; }

/// As many words per element of a map as Extremes has arrays.
constexpr int64_t wordsPerElement = 7;

}  // namespace

Fold::Fold(Frame& frame, const ContestRequest& request, const LabelSource& source, int32_t wrt, int64_t example, int64_t examples)
    : frame_(frame), request_(request), axis_(axisOf(request, frame.size(wrt))), source_(source), example_(example), examples_(examples),
      mapSize_(axis_.outer * axis_.inner), factor_(findFactor(wrt)), words_(frame.device, wordsPerElement * mapSize_),
      maps_(frame.device, request.mapCount * mapSize_) {
  findKept(request.seeds.count);
  frame.device.zero(maps_.data(), maps_.bytes());
  frame.device.each(mapSize_, Clear{extremes()});
}

const float* Fold::findFactor(int32_t wrt) {
  if (!request_.factor) return nullptr;
  const int64_t size = frame_.size(wrt);
  const float* given = request_.factor + example_ * size;
  if (wrt == frame_.graph.input && std::memcmp(given, frame_.given, static_cast<size_t>(size) * 4) == 0) return frame_.view(wrt).data;
  ownFactor_ = Floats(frame_.device, size);
  frame_.device.upload(ownFactor_.data(), given, size * 4);
  return ownFactor_.data();
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
  maps.insert(maps.begin(), keptPlaces_.begin(), keptPlaces_.end());
  kept_ = Ints(frame_.device, maps);
}

Extremes Fold::extremes() const {
  const auto ints = [&](int64_t array) { return words_.data() + array * mapSize_; };
  const auto floats = [&](int64_t array) { return reinterpret_cast<float*>(ints(array)); };
  return {floats(0), floats(1), floats(2), floats(3), ints(4), ints(5), ints(6)};
}

FoldTiles Fold::chunkOf(int64_t first, int32_t lanes) const {
  const auto placeOf = [&](int64_t label) { return std::lower_bound(keptPlaces_.begin(), keptPlaces_.end(), label) - keptPlaces_.begin(); };
  const int64_t kept = placeOf(first);
  FoldTiles chunk{};
  chunk.labels = source_.labels() + first;
  chunk.kept = {kept_.data() + kept, kept_.data() + keptPlaces_.size() + kept, static_cast<int32_t>(placeOf(first + lanes) - kept), maps_.data()};
  chunk.out = extremes();
  chunk.first = first;
  chunk.mapSize = mapSize_;
  chunk.lanes = lanes;
  return chunk;
}

void Fold::add(const Cotangent& cotangent, int64_t first, int32_t lanes) {
  FoldTiles chunk = chunkOf(first, lanes);
  chunk.rows = cotangent ? cotangent.rows.data() : nullptr;
  chunk.alive = cotangent ? cotangent.alive->data() : nullptr;
  chunk.factor = factor_;
  chunk.axis = axis_;
  chunk.sums = request_.sum != nullptr;
  frame_.device.blocks({(mapSize_ + FoldTiles::tile - 1) / FoldTiles::tile}, chunk);
}

void Fold::writeMaps(const Cotangent& cotangent, int32_t lanes, float* to, int64_t step) const {
  const uint8_t* alive = cotangent ? cotangent.alive->data() : nullptr;
  frame_.device.eachRow(mapSize_, lanes, WriteMaps{cotangent.rows.data(), alive, factor_, axis_, to, step, lanes});
}

void Fold::addMaps(const Floats& maps, int64_t first, int32_t lanes) {
  if (!all_) {
    all_ = Bytes(frame_.device, mapSize_);
    frame_.device.each(mapSize_, FillOnes{all_.data()});
  }
  FoldTiles chunk = chunkOf(first, lanes);
  chunk.rows = maps.data();
  chunk.alive = all_.data();
  chunk.axis = {1, 1, mapSize_};
  frame_.device.blocks({(mapSize_ + FoldTiles::tile - 1) / FoldTiles::tile}, chunk);
}

void Fold::finish(const ContestArrays& out) const {
  const std::vector<int32_t> words = words_.read();
  const auto array = [&](int64_t which) { return words.data() + which * mapSize_; };
  int32_t earliest = Extremes::nobody;
  for (int64_t m = 0; m < mapSize_; m++) earliest = std::min(earliest, array(6)[m]);
  if (earliest != Extremes::nobody)
    throw Error("AGON_NOT_FINITE", "map of label " + std::to_string(request_.seeds.labels[example_ * request_.seeds.count + earliest]) + " for example " +
                                       std::to_string(example_) + ": expected finite numbers, found NaN or infinity");
  int64_t next = 0;
  const auto save = [&](auto* to) { std::memcpy(to + example_ * mapSize_, array(next++), static_cast<size_t>(mapSize_) * 4); };
  for (float* to : {out.best, out.runnerUp, out.worst, out.runnerDown}) save(to);
  for (int32_t* to : {out.bestLabel, out.worstLabel}) save(to);
  if (examples_ == 1) return frame_.device.download(out.maps, maps_.data(), maps_.bytes());
  for (int64_t k = 0; k < request_.mapCount; k++)
    frame_.device.download(out.maps + (k * examples_ + example_) * mapSize_, maps_.data() + k * mapSize_, mapSize_ * 4);
}

}  // namespace agon::cuda
