// Convolution by F(4x4, 3x3): blocks of tiles are transformed, multiplied place by place, and transformed back while they are near.
#include "tile-pass.h"

#include <algorithm>
#include <mutex>

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
    for (int k = 0; k < N; k++) {
      if (isSet_ && !of_.row) {
        rows[k] += by_[k];
        __builtin_prefetch(rows[k] + fetchedAhead * by_[k]);
        continue;
      }
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

  /// The tile of a lane; beyond the last one, or where no whole set of examples is left, none.
  int64_t tileOf(int64_t group, int lane) const {
    const int64_t slot = lane / pass_.examples, tile = group * pass_.tilesTogether() + slot;
    return slot < pass_.tilesTogether() && tile < pass_.geometry.tiles() ? tile : -1;
  }

  /// Channel by channel: what the tiles read is collected as [example][position], with a zero at the end, then put into lanes.
  void transformFew(int64_t step) {
    const TileGeometry& shape = pass_.geometry;
    const int64_t positions = shape.in.height * shape.in.width;
    at_.assign(count_ * places * batchLanes, 0);
    int64_t low = positions, high = 0;
    for (int64_t i = 0; i < static_cast<int64_t>(at_.size()); i++) {
      const int lane = static_cast<int>(i % batchLanes), k = static_cast<int>(i / batchLanes % places);
      const int64_t tile = tileOf(first_ + i / (places * batchLanes), lane), position = tile < 0 ? -1 : shape.inputOf(tile, k / tileInputs, k % tileInputs);
      at_[i] = static_cast<int32_t>(lane % pass_.examples * (positions + 1) + (position < 0 ? positions : position));
      if (position < 0) continue;
      low = std::min(low, position);
      high = std::max(high, position + 1);
    }
    picture_.assign(pass_.examples * (positions + 1), 0.0f);
    alignas(64) float d[places * batchLanes];
    const float* rows[places];
    for (int k = 0; k < places; k++) rows[k] = d + k * batchLanes;
    for (int64_t c = 0; c < pass_.terms; c++) {
      for (int e = 0; e < pass_.examples; e++) collect(c, e, low, high);
      for (int64_t g = 0; g < count_; g++) {
        const int32_t* const at = &at_[g * places * batchLanes];
        for (int i = 0; i < places * batchLanes; i++) d[i] = picture_[at[i]];
        lanes_.tileInput(rows, inputs_ + (g * pass_.terms + c) * batchLanes, step);
      }
    }
  }

  void collect(int64_t c, int example, int64_t low, int64_t high) {
    const int64_t positions = pass_.geometry.in.height * pass_.geometry.in.width, stride = pass_.from.stride;
    float* const to = picture_.data() + example * (positions + 1);
    if (const int32_t* const row = pass_.from.row ? pass_.from.row + c * positions : nullptr) {
      for (int64_t p = low; p < high; p++) to[p] = row[p] < 0 ? 0.0f : pass_.from.base[row[p] * stride + example];
    } else {
      const float* const from = pass_.from.base + c * pass_.from.channelStep * stride + example;
      for (int64_t p = low; p < high; p++) to[p] = from[p * pass_.from.positionStep * stride];
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

  void writeFew(int64_t group, const float* from, int64_t step, int64_t begin, int64_t end) {
    const TileGeometry& shape = pass_.geometry;
    int32_t at[outputsOf][batchLanes], laneOf[batchLanes];
    for (int l = 0; l < batchLanes; l++) {
      const int64_t tile = tileOf(group, l);
      for (int q = 0; q < outputsOf; q++) at[q][l] = tile < 0 ? -1 : shape.outputOf(tile, q / tileSize, q % tileSize);
      laneOf[l] = l % pass_.examples;
    }
    alignas(64) float sums[outputsOf][batchLanes];
    const float* const none[outputsOf] = {};
    float* y[outputsOf];
    for (int q = 0; q < outputsOf; q++) y[q] = sums[q];
    for (int64_t o = begin; o < end; o++, from += batchLanes) {
      lanes_.tileOutput(from, step, pass_.bias ? pass_.bias[o] : 0.0f, none, y);
      for (int q = 0; q < outputsOf; q++) {
        for (int l = 0; l < batchLanes; l += pass_.examples) {
          float* const row = at[q][l] < 0 ? nullptr : pass_.to.at(o, at[q][l]);
          if (!row) continue;
          if (pass_.examples == 1) std::fill_n(row, pass_.to.stride, sums[q][l]);
          else
            for (int i = 0; i < batchLanes; i++) row[i] = sums[q][l + laneOf[i]];
          const float* const held = holds() ? heldFor(row) : nullptr;
          for (int i = 0; held && i < batchLanes; i++) row[i] += held[i];
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
  std::vector<float> picture_;
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
