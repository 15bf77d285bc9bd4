#pragma once
#include "../device.h"
#include "../tile.h"

namespace agon::cuda {

/// A product of whole matrices in float32, part by part: the sum over k < depth in ascending order of ofRow(part, k, row) ofColumn(part, k, column) goes to
/// put(part, row, column, sum). `Source` has these, and says of both factors whether neighbours in k are neighbours in memory: rowsByDepth(), columnsByDepth().
struct DenseSize {
  int64_t parts, rows, columns;
  int32_t depth;
};

template <class Source, int M>
struct DenseKernel {
  static constexpr int N = 64, K = 16;
  using Tile = cuda::Tile<Precision::Fp32, M, N, K>;
  static constexpr int threads = Tile::threads, blocksTogether = 3, loadsA = M * K / threads, loadsB = N * K / threads;
  static_assert(loadsA * threads == M * K && loadsB * threads == N * K);
  struct Shared {
    typename Tile::Shared tile;
  };
  struct Staged {
    float a[loadsA], b[loadsB];
  };
  Source source;
  DenseSize size;

  AGON_HD void operator()(const Block<threads>& block, Shared& shared) const {
    const int64_t row = block.y * M, column = block.x * N;
    Tile tile;
    tile.clear(block);
    PerThread<Staged, threads> staged;
    block.each([&](int t) { load(block, t, 0, staged[t]); });
    for (int32_t step = 0; step < size.depth; step += K) {
      block.each([&](int t) {
        store(shared.tile, t, staged[t]);
        if (step + K < size.depth) load(block, t, step + K, staged[t]);
      });
      tile.multiply(block, shared.tile);
    }
    tile.each(block, [&](int m, int n, float sum) {
      if (row + m < size.rows && column + n < size.columns) source.put(block.z, row + m, column + n, sum);
    });
  }

 private:
  /// Which entry of a step of a factor thread t brings: neighbouring threads have neighbours in memory.
  AGON_HD static void place(int i, int t, int extent, bool byDepth, int& line, int& k) {
    const int at = i * threads + t;
    line = byDepth ? at / K : at % extent;
    k = byDepth ? at % K : at / extent;
  }

  AGON_HD void load(const Block<threads>& of, int t, int32_t step, Staged& staged) const {
    int line, k;
    AGON_UNROLL for (int i = 0; i < loadsA; i++) {
      place(i, t, M, source.rowsByDepth(), line, k);
      staged.a[i] = step + k < size.depth && of.y * M + line < size.rows ? source.ofRow(of.z, step + k, of.y * M + line) : 0.0f;
    }
    AGON_UNROLL for (int i = 0; i < loadsB; i++) {
      place(i, t, N, source.columnsByDepth(), line, k);
      staged.b[i] = step + k < size.depth && of.x * N + line < size.columns ? source.ofColumn(of.z, step + k, of.x * N + line) : 0.0f;
    }
  }

  AGON_HD void store(typename Tile::Shared& shared, int t, const Staged& staged) const {
    int line, k;
    AGON_UNROLL for (int i = 0; i < loadsA; i++) {
      place(i, t, M, source.rowsByDepth(), line, k);
      Tile::storeA(shared, k, line, staged.a[i]);
    }
    AGON_UNROLL for (int i = 0; i < loadsB; i++) {
      place(i, t, N, source.columnsByDepth(), line, k);
      Tile::storeB(shared, k, line, staged.b[i]);
    }
  }
};

/// Runs it in tiles of more rows where there are enough of them. The sums are the same bits.
template <class Source>
void runDense(Device& device, const DenseSize& size, const Source& source) {
  constexpr int64_t enoughBlocks = 256;
  const auto down = [&](int64_t rows) { return (size.rows + rows - 1) / rows; };
  const int64_t across = (size.columns + 63) / 64;
  const auto pays = [&](int64_t rows) { return size.rows > rows / 2 && size.parts * across * down(rows) >= enoughBlocks; };
  if (pays(64)) return device.blocks({across, down(64), size.parts}, DenseKernel<Source, 64>{source, size});
  if (pays(32)) return device.blocks({across, down(32), size.parts}, DenseKernel<Source, 32>{source, size});
  device.blocks({across, down(16), size.parts}, DenseKernel<Source, 16>{source, size});
}

}  // namespace agon::cuda
