// Convolution by F(4x4, 3x3): blocks of tiles are transformed, multiplied place by place, and transformed back while they are near.
#include "tile-pass.h"

#include <algorithm>
#include <cstring>
#include <mutex>

#include "../few/few.h"

namespace agon {

namespace {

constexpr int places = tilePlaces, outputsOf = tileSize * tileSize;
/// Outputs that are summed before they are transformed back.
constexpr int64_t sliceOutputs = 128;
/// Channels whose rows are fetched before they are read, where those of a position lie far apart.
constexpr int64_t fetchedAhead = 4;
alignas(64) const float zeros[batchLanes] = {};

/// Groups of tiles that take the weights of a place while they are near.
int64_t groupsTogether(int64_t terms) { return terms <= 256 ? 4 : 8; }

/// Floats from one place to the next, of [place][group][channel][16 lanes]: a few cache lines more than they take, for places that lie a power of two apart
/// would share their part of the cache.
int64_t placeStep(int64_t groups, int64_t channels) { return (groups * channels + 5) * batchLanes; }

/// Floats of transformed inputs, and of these and the sums, of one thread.
int64_t inputFloats(int64_t terms) { return places * placeStep(groupsTogether(terms), terms); }
int64_t deskFloats(int64_t terms, int64_t outputs) {
  return inputFloats(terms) + places * placeStep(groupsTogether(terms), std::min(sliceOutputs, outputs));
}

/// Pieces of work, and so many threads at most can take part in them.
int64_t piecesOf(int64_t groups, int64_t terms, int64_t outputs) {
  const int64_t most = groupsTogether(terms);
  return (groups + most - 1) / most * ((outputs + sliceOutputs - 1) / sliceOutputs);
}
int64_t desksFor(const Pool& pool, int64_t groups, int64_t terms, int64_t outputs) {
  return std::min<int64_t>(pool.threads(), piecesOf(groups, terms, outputs));
}

/// Place k of the weights with their taps turned around: G g turned is G g with its rows of the points p and 1 / p exchanged.
int turnedPlace(int k) {
  constexpr int to[] = {5, 3, 4, 1, 2, 0};
  return tileInputs * to[k / tileInputs] + to[k % tileInputs];
}

/// Memory of the threads that run a pass: a piece of work takes what no other has.
class Desks {
 public:
  Desks(float* first, int64_t step, int64_t count) {
    for (int64_t i = 0; i < count; i++) free_.push_back(first + i * step);
  }
  float* take() {
    std::lock_guard<std::mutex> hold(lock_);
    float* const desk = free_.back();
    free_.pop_back();
    return desk;
  }
  void giveBack(float* desk) {
    std::lock_guard<std::mutex> hold(lock_);
    free_.push_back(desk);
  }

 private:
  std::mutex lock_;
  std::vector<float*> free_;
};

/// The rows of N elements of a tile, channel by channel.
template <int N>
class TileCursor {
 public:
  /// `none` stands for elements outside of the picture, and without a row.
  TileCursor(const TileRows& of, const int32_t (&at)[N], float* none) : of_(of), at_(at), none_(none) {}

  /// To the first channel, or to the next one.
  void go(int64_t channel) {
    if (isSet_ && !of_.row) {
      for (int k = 0; k < N; k++) rows[k] += by_[k];
      for (int k = 0; k < N; k++) __builtin_prefetch(rows[k] + fetchedAhead * by_[k]);
      return;
    }
    for (int k = 0; k < N; k++) {
      float* const row = at_[k] < 0 ? nullptr : of_.at(channel, at_[k]);
      rows[k] = row ? row : none_;
      by_[k] = row ? of_.channelStep * of_.stride : 0;
    }
    isSet_ = true;
  }

  float* rows[N];

 private:
  const TileRows& of_;
  const int32_t (&at_)[N];
  float* const none_;
  int64_t by_[N];
  bool isSet_ = false;
};

/// A block of groups on its way through one thread.
class TileBlock {
 public:
  TileBlock(const TilePass& pass, const Kernels& kernels, float* desk)
      : pass_(pass), lanes_(laneKernels(kernels)), most_(groupsTogether(pass.terms)), inputs_(desk),
        sums_(desk + inputFloats(pass.terms)) {}

  void transform(int64_t first, int64_t count) {
    first_ = first;
    count_ = count;
    const int64_t step = placeStep(most_, pass_.terms);
    if (pass_.examples < batchLanes) return transformFew(step);
    for (int64_t g = 0; g < count; g++) transformWhole(first + g, inputs_ + g * pass_.terms * batchLanes, step);
  }

  /// Outputs begin .. end-1.
  void finish(int64_t begin, int64_t end) {
    const int64_t place = pass_.terms * pass_.outputs;
    const int64_t panelStep = (pass_.turned ? pass_.outputs : pass_.terms) * planeLanes, step = placeStep(most_, end - begin);
    for (int k = 0; k < places; k++) {
      lanes_.tileSum({pass_.weights + (pass_.turned ? turnedPlace(k) : k) * place, panelStep, pass_.terms, begin, end, count_,
                      inputs_ + k * placeStep(most_, pass_.terms), sums_ + k * step, pass_.turned});
    }
    for (int64_t g = 0; g < count_; g++) {
      const float* const from = sums_ + g * (end - begin) * batchLanes;
      if (pass_.examples < batchLanes) writeFew(first_ + g, from, step, begin, end);
      else writeWhole(first_ + g, from, step, begin, end);
    }
  }

 private:
  void transformWhole(int64_t tile, float* to, int64_t step) {
    int32_t at[places];
    for (int k = 0; k < places; k++) at[k] = pass_.geometry.inputOf(tile, k / tileInputs, k % tileInputs);
    TileCursor<places> cursor(pass_.from, at, const_cast<float*>(zeros));
    for (int64_t c = 0; c < pass_.terms; c++) {
      cursor.go(c);
      lanes_.tileInput(cursor.rows, to + c * batchLanes, step);
    }
  }

  void transformFew(int64_t step) {
    const TileGeometry& shape = pass_.geometry;
    const int64_t together = pass_.tilesTogether();
    at_.assign(count_ * places * together, -1);
    for (int64_t i = 0; i < static_cast<int64_t>(at_.size()); i++) {
      const int64_t tile = (first_ + i / (places * together)) * together + i % together, k = i / together % places;
      if (tile < shape.tiles()) at_[i] = shape.inputOf(tile, k / tileInputs, k % tileInputs);
    }
    withCount(pass_.examples, [&](auto count) {
      if (isDense(pass_.from)) putDense<decltype(count)::value>(step);
      else putFew<decltype(count)::value>(step);
    });
  }

  /// Whether elements lie side by side, without other lanes between them.
  bool isDense(const TileRows& rows) const { return !rows.row && rows.stride == pass_.examples; }

  /// Tiles side by side, each with a lane for every one of E examples, of elements that lie so.
  template <int E>
  void putDense(int64_t step) {
    constexpr int together = batchLanes / E;
    alignas(64) float d[places * batchLanes] = {};
    const float* rows[places];
    for (int k = 0; k < places; k++) rows[k] = d + k * batchLanes;
    for (int32_t& at : at_)
      if (at > 0) at *= static_cast<int32_t>(pass_.from.positionStep * E);
    const float* channel = pass_.from.base;
    for (int64_t c = 0; c < pass_.terms; c++, channel += pass_.from.channelStep * E) {
      const int32_t* at = at_.data();
      for (int64_t g = 0; g < count_; g++) {
        for (int k = 0; k < places; k++)
          for (int s = 0; s < together; s++, at++) std::memcpy(d + k * batchLanes + s * E, *at < 0 ? zeros : channel + *at, E * sizeof(float));
        lanes_.tileInput(rows, inputs_ + (g * pass_.terms + c) * batchLanes, step);
      }
    }
  }

  /// The same of rows of 16 lanes, or with tables.
  template <int E>
  void putFew(int64_t step) {
    constexpr int together = batchLanes / E;
    alignas(64) float d[places * batchLanes] = {};
    const float* rows[places];
    for (int k = 0; k < places; k++) rows[k] = d + k * batchLanes;
    for (int64_t c = 0; c < pass_.terms; c++) {
      for (int64_t g = 0; g < count_; g++) {
        const int32_t* const at = &at_[g * places * together];
        for (int i = 0; i < places * together; i++) {
          const float* const row = at[i] < 0 ? nullptr : pass_.from.at(c, at[i]);
          std::memcpy(d + i / together * batchLanes + i % together * E, row ? row : zeros, E * sizeof(float));
        }
        lanes_.tileInput(rows, inputs_ + (g * pass_.terms + c) * batchLanes, step);
      }
    }
  }

  bool holds() const { return pass_.joint && pass_.joint->recipe; }

  /// What is added to a row that is written; null: nothing.
  const float* heldFor(const float* row) const {
    const int64_t of = pass_.joint->recipe->from[(row - pass_.to.base) / pass_.to.stride];
    return of < 0 ? nullptr : pass_.joint->held.block->data() + of * planeLanes;
  }

  void writeWhole(int64_t tile, const float* from, int64_t step, int64_t begin, int64_t end) {
    int32_t at[outputsOf];
    for (int q = 0; q < outputsOf; q++) at[q] = pass_.geometry.outputOf(tile, q / tileSize, q % tileSize);
    TileCursor<outputsOf> cursor(pass_.to, at, nullptr);
    const float* held[outputsOf] = {};
    for (int64_t o = begin; o < end; o++, from += batchLanes) {
      cursor.go(o);
      for (int q = 0; holds() && q < outputsOf; q++) held[q] = cursor.rows[q] ? heldFor(cursor.rows[q]) : nullptr;
      lanes_.tileOutput(from, step, pass_.bias ? pass_.bias[o] : 0.0f, held, cursor.rows);
    }
  }

  void writeFew(int64_t group, const float* from, int64_t step, int64_t begin, int64_t end) const {
    withCount(pass_.examples, [&](auto count) { spreadFew<decltype(count)::value>(group, from, step, begin, end); });
  }

  /// The sums of E examples of every tile, repeated over the lanes of its rows.
  template <int E>
  void spreadFew(int64_t group, const float* from, int64_t step, int64_t begin, int64_t end) const {
    constexpr int together = batchLanes / E;
    const TileGeometry& shape = pass_.geometry;
    int32_t at[outputsOf][together];
    for (int s = 0; s < together; s++) {
      const int64_t tile = group * together + s;
      for (int q = 0; q < outputsOf; q++) at[q][s] = tile < shape.tiles() ? shape.outputOf(tile, q / tileSize, q % tileSize) : -1;
    }
    alignas(64) float sums[outputsOf][batchLanes];
    const float* const none[outputsOf] = {};
    float* y[outputsOf];
    for (int q = 0; q < outputsOf; q++) y[q] = sums[q];
    const bool dense = isDense(pass_.to);
    for (int64_t o = begin; o < end; o++, from += batchLanes) {
      lanes_.tileOutput(from, step, pass_.bias ? pass_.bias[o] : 0.0f, none, y);
      float* const channel = pass_.to.base + o * pass_.to.channelStep * E;
      for (int q = 0; dense && q < outputsOf; q++)
        for (int s = 0; s < together; s++)
          if (at[q][s] >= 0) std::memcpy(channel + at[q][s] * pass_.to.positionStep * E, sums[q] + s * E, E * sizeof(float));
      if (dense) continue;
      for (int q = 0; q < outputsOf; q++) {
        for (int s = 0; s < together; s++) {
          float* const row = at[q][s] < 0 ? nullptr : pass_.to.at(o, at[q][s]);
          if (!row) continue;
          alignas(64) float repeated[batchLanes];
          for (int l = 0; l < batchLanes; l++) repeated[l] = sums[q][s * E + l % E];
          if (const float* const held = holds() ? heldFor(row) : nullptr)
            for (int l = 0; l < batchLanes; l++) repeated[l] += held[l];
          std::memcpy(row, repeated, sizeof repeated);
        }
      }
    }
  }

  const TilePass& pass_;
  const LaneKernels& lanes_;
  const int64_t most_;
  float *const inputs_, *const sums_;
  int64_t first_ = 0, count_ = 0;
  std::vector<int32_t> at_;
};

}  // namespace

int64_t tileFloats(const Pool& pool, const TileGeometry& geometry, int64_t terms, int64_t outputs) {
  return desksFor(pool, geometry.tiles(), terms, outputs) * deskFloats(terms, outputs);
}

void runTiles(Pool& pool, const Kernels& kernels, const TilePass& pass, float* scratch) {
  const int64_t most = groupsTogether(pass.terms), slices = (pass.outputs + sliceOutputs - 1) / sliceOutputs;
  Desks desks(scratch, deskFloats(pass.terms, pass.outputs), desksFor(pool, pass.groups(), pass.terms, pass.outputs));
  // A thread takes all slices of its tiles if it can: they are transformed for each taker.
  const int64_t pieces = piecesOf(pass.groups(), pass.terms, pass.outputs);
  pool.each(pieces, std::min(slices, (pieces + pool.threads() - 1) / pool.threads()), [&](int64_t begin, int64_t end) {
    float* const desk = desks.take();
    TileBlock block(pass, kernels, desk);
    int64_t latest = -1;
    for (int64_t i = begin; i < end; i++) {
      const int64_t first = i / slices * most, from = i % slices * sliceOutputs;
      if (first != latest) block.transform(first, std::min(most, pass.groups() - first));
      latest = first;
      block.finish(from, std::min(pass.outputs, from + sliceOutputs));
    }
    desks.giveBack(desk);
  });
}

}  // namespace agon
