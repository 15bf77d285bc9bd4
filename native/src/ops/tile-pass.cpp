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

/// A block of groups on its way through one thread.
class TileBlock {
 public:
  TileBlock(const TilePass& pass, const Kernels& kernels, float* desk)
      : pass_(pass), kernels_(kernels), lanes_(laneKernels(kernels)), most_(groupsTogether(pass.terms)), inputs_(desk),
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
    const TileGeometry& shape = pass_.geometry;
    const int64_t positions = shape.in.height * shape.in.width;
    int32_t at[places];
    for (int k = 0; k < places; k++) at[k] = shape.inputOf(tile, k / tileInputs, k % tileInputs);
    const float* d[places];
    for (int64_t c = 0; c < pass_.terms; c++) {
      if (!pass_.from.row && c + fetchedAhead < pass_.terms) {
        for (int k = 0; k < places; k++)
          if (at[k] >= 0) __builtin_prefetch(pass_.from.base + ((c + fetchedAhead) * positions + at[k]) * batchLanes);
      }
      for (int k = 0; k < places; k++) {
        const float* const row = at[k] < 0 ? nullptr : pass_.from.at(c * positions + at[k]);
        d[k] = row ? row : zeros;
      }
      lanes_.tileInput(d, to + c * batchLanes, step);
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
    } else if (const float* const from = pass_.from.base + c * positions * stride + example; stride == 1) {
      std::copy(from + low, from + high, to + low);
    } else {
      for (int64_t p = low; p < high; p++) to[p] = from[p * stride];
    }
  }

  void addHeld(const float* row) const {
    if (!pass_.joint || !pass_.joint->recipe) return;
    const int64_t i = (row - pass_.to.base) / pass_.to.stride;
    kernels_.add(pass_.to.base, pass_.joint->held.block->data(), pass_.joint->recipe->from.data(), i, i + 1);
  }

  void writeWhole(int64_t tile, const float* from, int64_t step, int64_t begin, int64_t end) {
    const TileGeometry& shape = pass_.geometry;
    const int64_t positions = shape.out.height * shape.out.width;
    int32_t at[outputsOf];
    for (int q = 0; q < outputsOf; q++) at[q] = shape.outputOf(tile, q / tileSize, q % tileSize);
    float* y[outputsOf];
    for (int64_t o = begin; o < end; o++, from += batchLanes) {
      for (int q = 0; q < outputsOf; q++) y[q] = at[q] < 0 ? nullptr : pass_.to.at(o * positions + at[q]);
      lanes_.tileOutput(from, step, pass_.bias ? pass_.bias[o] : 0.0f, y);
      for (int q = 0; q < outputsOf; q++)
        if (y[q]) addHeld(y[q]);
    }
  }

  void writeFew(int64_t group, const float* from, int64_t step, int64_t begin, int64_t end) {
    const TileGeometry& shape = pass_.geometry;
    const int64_t positions = shape.out.height * shape.out.width;
    int32_t at[outputsOf][batchLanes], laneOf[batchLanes];
    for (int l = 0; l < batchLanes; l++) {
      const int64_t tile = tileOf(group, l);
      for (int q = 0; q < outputsOf; q++) at[q][l] = tile < 0 ? -1 : shape.outputOf(tile, q / tileSize, q % tileSize);
      laneOf[l] = l % pass_.examples;
    }
    alignas(64) float sums[outputsOf][batchLanes];
    float* y[outputsOf];
    for (int q = 0; q < outputsOf; q++) y[q] = sums[q];
    for (int64_t o = begin; o < end; o++, from += batchLanes) {
      lanes_.tileOutput(from, step, pass_.bias ? pass_.bias[o] : 0.0f, y);
      for (int q = 0; q < outputsOf; q++) {
        for (int l = 0; l < batchLanes; l += pass_.examples) {
          float* const row = at[q][l] < 0 ? nullptr : pass_.to.at(o * positions + at[q][l]);
          if (!row) continue;
          if (pass_.examples == 1) std::fill_n(row, pass_.to.stride, sums[q][l]);
          else
            for (int i = 0; i < batchLanes; i++) row[i] = sums[q][l + laneOf[i]];
          addHeld(row);
        }
      }
    }
  }

  const TilePass& pass_;
  const Kernels& kernels_;
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
  pool.each(piecesOf(pass.groups(), pass.terms, pass.outputs), 1, [&](int64_t begin, int64_t end) {
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
