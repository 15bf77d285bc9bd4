#pragma once
#include "sums.h"

/// Gradients of weights: matrices of sums over slices and examples of products of two rows.
namespace agon::cuda {

/// The products of sum (matrix, row, column) as terms, for matrices that fill no tile. A and B have: rowAt(matrix, row), sliceAt(matrix, slice),
/// at(row, slice, example); A has slices(matrix) as well.
template <class A, class B>
struct ProductTerms {
  A a;
  B b;
  int64_t rows, columns;
  struct From {
    int64_t matrix;
    typename A::Row a;
    typename B::Row b;
  };
  AGON_HD From from(int64_t i) const {
    const int64_t row = i / columns, matrix = row / rows;
    return {matrix, a.rowAt(matrix, row - matrix * rows), b.rowAt(matrix, i - row * columns)};
  }
  AGON_HD int64_t slices(const From& from) const { return a.slices(from.matrix); }
  AGON_HD float at(const From& from, int64_t slice, int32_t n) const {
    return a.at(from.a, a.sliceAt(from.matrix, slice), n) * b.at(from.b, b.sliceAt(from.matrix, slice), n);
  }
};

/// Four floats that are read at once.
struct alignas(16) Four {
  float of[4];
};

/// Part y of a tile of 64 x 64 sums of matrix z; every thread makes 4 x 4. While it multiplies a slab of 16 terms, it loads the next one.
template <class A, class B>
struct MultiplyOverBatch {
  static constexpr int threads = 256, tile = 64, depth = 16, own = 4, padded = tile + 4;
  /// A warp loads 8 terms of 4 rows: whole sectors of memory, to different banks.
  static constexpr int termsAcross = 8, loads = tile * depth / threads / 2;
  struct Shared {
    Four a[2][depth * padded / 4], b[2][depth * padded / 4];
  };
  A a;
  B b;
  int64_t rows, columns, length;
  int32_t examples;
  float* to;  // [part][matrix][row][column]
  int64_t matrices;

  struct Loader {
    typename A::Row a[loads];
    typename B::Row b[loads];
    bool hasA[loads], hasB[loads];
    int64_t slice[2];
    int32_t lane[2];
  };
  struct Slab {
    float a[2][loads], b[2][loads];
  };
  struct Own {
    Loader loader;
    float sum[own][own];
  };

  AGON_HD int64_t firstRow(int64_t x) const { return x / ((columns + tile - 1) / tile) * tile; }
  AGON_HD int64_t firstColumn(int64_t x) const { return x % ((columns + tile - 1) / tile) * tile; }

  AGON_HD void start(Own& mine, const Block<threads>& block, int thread, int64_t begin) const {
    for (int i = 0; i < loads; i++) {
      const int64_t row = firstRow(block.x) + thread / termsAcross + i * (threads / termsAcross);
      const int64_t column = firstColumn(block.x) + thread / termsAcross + i * (threads / termsAcross);
      mine.loader.hasA[i] = row < rows;
      mine.loader.hasB[i] = column < columns;
      mine.loader.a[i] = a.rowAt(block.z, row < rows ? row : 0);
      mine.loader.b[i] = b.rowAt(block.z, column < columns ? column : 0);
    }
    for (int j = 0; j < 2; j++) {
      const int64_t at = begin + thread % termsAcross + j * termsAcross;
      mine.loader.slice[j] = at / examples;
      mine.loader.lane[j] = static_cast<int32_t>(at % examples);
    }
    for (auto& sums : mine.sum)
      for (float& sum : sums) sum = 0;
  }

  /// The terms k .. k + 15, those behind the end as 0.
  AGON_HD Slab load(Loader& loader, int64_t matrix, int thread, int64_t k, int64_t end) const {
    Slab slab = {};
    const Stride stride(depth, examples);
    for (int j = 0; j < 2; j++) {
      if (k + thread % termsAcross + j * termsAcross < end) {
        const auto inA = a.sliceAt(matrix, loader.slice[j]);
        const auto inB = b.sliceAt(matrix, loader.slice[j]);
        for (int i = 0; i < loads; i++) {
          if (loader.hasA[i]) slab.a[j][i] = a.at(loader.a[i], inA, loader.lane[j]);
          if (loader.hasB[i]) slab.b[j][i] = b.at(loader.b[i], inB, loader.lane[j]);
        }
      }
      stride.move(loader.slice[j], loader.lane[j], examples);
    }
    return slab;
  }

  AGON_HD static void keep(const Slab& slab, Shared& shared, int which, int thread) {
    float *toA = shared.a[which][0].of, *toB = shared.b[which][0].of;
    for (int j = 0; j < 2; j++)
      for (int i = 0; i < loads; i++) {
        const int at = (thread % termsAcross + j * termsAcross) * padded + thread / termsAcross + i * (threads / termsAcross);
        toA[at] = slab.a[j][i];
        toB[at] = slab.b[j][i];
      }
  }

  AGON_HD static void multiply(const Shared& shared, int which, int thread, float (&sum)[own][own]) {
    for (int k = 0; k < depth; k++) {
      const Four x = shared.a[which][k * (padded / 4) + thread / 16], y = shared.b[which][k * (padded / 4) + thread % 16];
      for (int r = 0; r < own; r++)
        for (int c = 0; c < own; c++) sum[r][c] += x.of[r] * y.of[c];
    }
  }

  AGON_HD void operator()(Block<threads> block, Shared& shared) const {
    PerThread<Own, threads> state;
    const int64_t all = a.slices(block.z) * examples, begin = block.y * length;
    const int64_t end = begin + length < all ? begin + length : all;
    block.each([&](int thread) {
      start(state[thread], block, thread, begin);
      if (begin < end) keep(load(state[thread].loader, block.z, thread, begin, end), shared, 0, thread);
    });
    int which = 0;
    for (int64_t k = begin; k < end; k += depth, which ^= 1) {
      block.each([&](int thread) {
        const bool goesOn = k + depth < end;
        Slab next;
        if (goesOn) next = load(state[thread].loader, block.z, thread, k + depth, end);
        multiply(shared, which, thread, state[thread].sum);
        if (goesOn) keep(next, shared, which ^ 1, thread);
      });
    }
    block.each([&](int thread) {
      float* out = to + (block.y * matrices + block.z) * rows * columns;
      for (int r = 0; r < own; r++)
        for (int c = 0; c < own; c++) {
          const int64_t row = firstRow(block.x) + thread / 16 * own + r, column = firstColumn(block.x) + thread % 16 * own + c;
          if (row < rows && column < columns) out[row * columns + column] = state[thread].sum[r][c];
        }
    });
  }
};

/// Fewer rows or columns than these waste most of a tile.
constexpr int64_t fewestInTile = 8;

/// out[to(i)] += scale * sum i of [matrices][rows][columns], sums of at most mostSlices slices.
template <class A, class B>
void addProducts(Frame& frame, const A& a, const B& b, int64_t matrices, int64_t rows, int64_t columns, int64_t mostSlices, float scale, const Spread& to,
                 float* out) {
  const int64_t sums = matrices * rows * columns;
  if (rows < fewestInTile || columns < fewestInTile) {
    addSums(frame, ProductTerms<A, B>{a, b, rows, columns}, sums, mostSlices, scale, to, out);
    return;
  }
  constexpr int64_t tile = MultiplyOverBatch<A, B>::tile;
  const int64_t tiles = ((rows + tile - 1) / tile) * ((columns + tile - 1) / tile);
  const Parts parts = partsOf(mostSlices * frame.examples, tiles * matrices);
  const Floats made(frame.device, parts.count * sums);
  frame.device.blocks({tiles, parts.count, matrices}, MultiplyOverBatch<A, B>{a, b, rows, columns, parts.length, frame.examples, made.data(), matrices});
  frame.device.each(sums, AddParts{made.data(), sums, parts.count, scale, to, out});
}

}  // namespace agon::cuda
