#include "waist.h"

#include <algorithm>

#include "chunks.h"
#include "ops/lists.h"
#include "tile.h"

namespace agon::cuda {

namespace {

/// Labels and map elements of a tile of sums, and units of a step.
constexpr int tileLabels = 128, tileMaps = 128, tileUnits = 16;

/// weights[unit][label] of a chunk of labels from their cotangents at the waist.
struct Collect {
  const int32_t* units;
  const uint8_t* alive;
  const float* rows;
  float* weights;
  int64_t labels, first;
  int32_t lanes;
  AGON_HD void operator()(int64_t u, int32_t lane) const {
    const int64_t e = units[u];
    weights[u * labels + first + lane] = alive && alive[e] ? rows[e * lanes + lane] : 0.0f;
  }
};

/// 1 for every unit of a chunk of them, in a lane of its own.
struct MarkUnits {
  const int32_t* units;
  uint8_t* alive;
  AGON_HD void operator()(int64_t u) const { alive[units[u]] = 1; }
};

struct FillUnits {
  const int32_t* units;
  float* rows;
  int32_t lanes;
  AGON_HD void operator()(int64_t u, int32_t lane) const { rows[units[u] * static_cast<int64_t>(lanes) + lane] = u == lane ? 1.0f : 0.0f; }
};

/// maps[m][label] = sum over units of unitMaps[m][unit] weights[unit][label], in ascending order of units, for labels first .. first + count - 1.
struct Combine {
  using Sums = Tile<Precision::Fp32, tileMaps, tileLabels, tileUnits>;
  using Shared = Sums::Shared;
  static constexpr int threads = Sums::threads;

  const float *weights, *unitMaps;
  float* maps;
  int64_t labels, units, size, first, count;

  AGON_HD void operator()(const Block<threads>& block, Shared& shared) const {
    const int64_t firstMap = block.x * tileMaps;
    Sums sums;
    sums.clear(block);
    for (int64_t u = 0; u < units; u += tileUnits) {
      block.each([&](int thread) { stage(shared, thread, firstMap, u); });
      sums.multiply(block, shared);
    }
    const Combine& self = *this;
    sums.each(block, [&self, firstMap](int m, int l, float sum) {
      if (l < self.count && firstMap + m < self.size) self.maps[(firstMap + m) * self.count + l] = sum;
    });
  }

 private:
  AGON_HD void stage(Shared& shared, int thread, int64_t firstMap, int64_t firstUnit) const {
    for (int i = thread; i < tileUnits * tileMaps; i += threads) {
      const int k = i % tileUnits, m = i / tileUnits;
      const int64_t u = firstUnit + k;
      Sums::storeA(shared, k, m, u < units && firstMap + m < size ? unitMaps[(firstMap + m) * units + u] : 0.0f);
    }
    for (int i = thread; i < tileUnits * tileLabels; i += threads) {
      const int k = i / tileLabels, l = i % tileLabels;
      const int64_t u = firstUnit + k;
      Sums::storeB(shared, k, l, u < units && l < count ? weights[u * labels + first + l] : 0.0f);
    }
  }
};

class ContestThrough {
 public:
  ContestThrough(const Waist& waist, Frame& frame, int32_t wrt, const LabelSource& source, Fold& fold, const Control& control)
      : waist_(waist), frame_(frame), wrt_(wrt), source_(source), fold_(fold), control_(control), labels_(source.count()), units_(waist.units) {
    const int64_t budget = control.memory > 0 ? control.budget() : frame.device.freeBytes() / 2;
    const int64_t rest = budget - 4 * (units_ * labels_ + (units_ + tileLabels) * fold.mapSize());
    fits_ = rest >= budget / 2 && rest >= walkBytes(frame, frame.graph.output, waist.value, 1) && rest >= walkBytes(frame, waist.value, wrt, 1);
    control_.memory = rest;
    control_.atMost = 0;
  }
  bool fits() const { return fits_; }

  void run(const std::function<void(double)>& tell) {
    const double above = static_cast<double>(labels_) * static_cast<double>(waist_.above), below = static_cast<double>(units_) * static_cast<double>(waist_.below);
    const double after = static_cast<double>(labels_) * static_cast<double>(units_) * static_cast<double>(fold_.mapSize()), all = above + below + after;
    const auto items = static_cast<int32_t>(frame_.size(waist_.value));
    list_ = ListTable(frame_.device, frame_.wanted[waist_.value]->data(), {1, 1, items, 0, 0, 1});
    weights_ = Floats(frame_.device, units_ * labels_);
    collect();
    tell(above / all);
    unitMaps_ = Floats(frame_.device, units_ * fold_.mapSize());
    carryUnits([&](double share) { tell((above + share * below) / all); });
    combine([&](double share) { tell((above + below + share * after) / all); });
  }

 private:
  /// The labels' cotangents at the waist.
  void collect() {
    const int64_t most = lanesTogether(frame_, frame_.graph.output, waist_.value, labels_, control_);
    for (int64_t first = 0; first < labels_; first += most) {
      const auto count = static_cast<int32_t>(std::min(most, labels_ - first));
      Walk walk(frame_, {1, count}, control_.precision);
      const Cotangent g = walkBack(walk, source_.chunk(first, walk.lanes), waist_.value, control_.abort);
      frame_.device.eachRow(units_, count, Collect{unitsFrom(0), g ? g.alive->data() : nullptr, g.rows.data(), weights_.data(), labels_, first, count});
    }
  }

  /// The maps of the units.
  template <class Tell>
  void carryUnits(Tell tell) {
    Device& device = frame_.device;
    const int64_t most = lanesTogether(frame_, waist_.value, wrt_, units_, control_), size = frame_.size(waist_.value);
    for (int64_t first = 0; first < units_; first += most) {
      const auto count = static_cast<int32_t>(std::min(most, units_ - first));
      const auto alive = frame_.mask(waist_.value);
      device.zero(alive->data(), alive->bytes());
      Cotangent seeds{Floats(device, size * count), alive};
      device.each(count, MarkUnits{unitsFrom(first), alive->data()});
      device.eachRow(count, count, FillUnits{unitsFrom(first), seeds.rows.data(), count});
      Walk walk(frame_, {1, count}, control_.precision);
      const Cotangent g = walkBetween(walk, waist_.value, std::move(seeds), wrt_, control_.abort);
      fold_.writeMaps(g, count, unitMaps_.data() + first, units_);
      device.wait();
      tell(static_cast<double>(first + count) / static_cast<double>(units_));
    }
  }

  /// The labels' maps, folded in order.
  template <class Tell>
  void combine(Tell tell) {
    const int64_t size = fold_.mapSize();
    const Floats maps(frame_.device, std::min<int64_t>(labels_, tileLabels) * size);
    for (int64_t first = 0; first < labels_; first += tileLabels) {
      throwIfAborted(control_.abort);
      const int64_t count = std::min<int64_t>(tileLabels, labels_ - first);
      frame_.device.blocks({(size + tileMaps - 1) / tileMaps}, Combine{weights_.data(), unitMaps_.data(), maps.data(), labels_, units_, size, first, count});
      fold_.addMaps(maps, first, static_cast<int32_t>(count));
      frame_.device.wait();
      if (first + count < labels_) tell(static_cast<double>(first + count) / static_cast<double>(labels_));
    }
  }

  /// The elements of the waist's units in ascending order, from a unit on.
  const int32_t* unitsFrom(int64_t unit) const { return list_.lists().item + unit; }

  const Waist& waist_;
  Frame& frame_;
  const int32_t wrt_;
  const LabelSource& source_;
  Fold& fold_;
  Control control_;
  const int64_t labels_, units_;
  bool fits_;
  ListTable list_;
  Floats weights_, unitMaps_;
};

}  // namespace

bool contestThrough(const Waist& waist, Frame& frame, int32_t wrt, const LabelSource& source, Fold& fold, const Control& control,
                    const std::function<void(double)>& tell) {
  ContestThrough through(waist, frame, wrt, source, fold, control);
  if (!through.fits()) return false;
  through.run(tell);
  return true;
}

}  // namespace agon::cuda
