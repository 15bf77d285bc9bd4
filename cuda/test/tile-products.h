#pragma once
#include "../src/tile.h"

/// out[m][n] = sum over k < depth of a[k][m] b[k][n], by one block. For tests of the tiles alone.
template <agon::Precision P, int M, int N, int K>
struct TileProduct {
  using Tile = agon::cuda::Tile<P, M, N, K>;
  using Shared = typename Tile::Shared;
  static constexpr int threads = Tile::threads;

  const float *a, *b;
  float* out;
  int32_t depth;

  AGON_HD void operator()(const agon::cuda::Block<threads>& block, Shared& shared) const {
    Tile tile;
    tile.clear(block);
    for (int32_t first = 0; first < depth; first += K) {
      block.each([&](int thread) { stage(shared, thread, first); });
      tile.multiply(block, shared);
    }
    float* const to = out;
    tile.each(block, [to](int m, int n, float sum) { to[m * N + n] = sum; });
  }

  AGON_HD void stage(Shared& shared, int thread, int32_t first) const {
    for (int i = thread; i < K * M; i += threads) {
      const int k = i / M, m = i % M;
      Tile::storeA(shared, k, m, first + k < depth ? a[(first + k) * M + m] : 0.0f);
    }
    for (int i = thread; i < K * N; i += threads) {
      const int k = i / N, n = i % N;
      Tile::storeB(shared, k, n, first + k < depth ? b[(first + k) * N + n] : 0.0f);
    }
  }
};

/// use.template operator()<P, M, N, K>() for every tile there is.
template <agon::Precision P, int M, int N, class Use>
void eachTileDepth(Use& use) {
  use.template operator()<P, M, N, 8>();
  use.template operator()<P, M, N, 16>();
  use.template operator()<P, M, N, 32>();
}
template <agon::Precision P, int M, class Use>
void eachTileWidth(Use& use) {
  eachTileDepth<P, M, 32>(use);
  eachTileDepth<P, M, 64>(use);
  eachTileDepth<P, M, 128>(use);
}
template <agon::Precision P, class Use>
void eachTileOf(Use& use) {
  eachTileWidth<P, 16>(use);
  eachTileWidth<P, 32>(use);
  eachTileWidth<P, 64>(use);
  eachTileWidth<P, 128>(use);
}
template <class Use>
void eachTile(Use use) {
  eachTileOf<agon::Precision::Fp32>(use);
  eachTileOf<agon::Precision::Tf32>(use);
  eachTileOf<agon::Precision::Bf16>(use);
}
