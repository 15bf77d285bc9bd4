#pragma once
#include "launch.h"

/// Before a loop that is unrolled on a GPU.
#ifdef __CUDA_ARCH__
#define AGON_UNROLL _Pragma("unroll")
#else
#define AGON_UNROLL
#endif

namespace agon::cuda {

/// Threads of the block that makes a tile of m x n sums: at most 64 sums each.
constexpr int tileThreads(int m, int n) { return m * n >= 128 * 64 ? 256 : 128; }

/// to[i] = from[i] in as few reads of shared memory as can be; `from` is aligned to 4 Count bytes, or 16.
template <int Count>
AGON_HD void readVector(const float* from, float (&to)[Count]) {
#ifdef __CUDA_ARCH__
  if constexpr (Count % 4 == 0) {
    AGON_UNROLL for (int i = 0; i < Count; i += 4) {
      const float4 four = *reinterpret_cast<const float4*>(from + i);
      to[i] = four.x, to[i + 1] = four.y, to[i + 2] = four.z, to[i + 3] = four.w;
    }
  } else if constexpr (Count == 2) {
    const float2 two = *reinterpret_cast<const float2*>(from);
    to[0] = two.x, to[1] = two.y;
  } else {
    AGON_UNROLL for (int i = 0; i < Count; i++) to[i] = from[i];
  }
#else
  for (int i = 0; i < Count; i++) to[i] = from[i];
#endif
}

/// A tile (tile.h) in float32: each thread keeps `down` x `across` sums in registers. On a GPU a product and its sum are rounded once, on a host, whose
/// compiler must not contract them, each.
template <int M, int N, int K>
class Fp32Tile {
  static constexpr int across = N == 128 ? 8 : 4;

 public:
  static constexpr int threads = tileThreads(M, N);

 private:
  /// Threads side by side, and their columns: thread x has n = x, x + columns, x + 2 columns, ...
  static constexpr int columns = N / across;
  static constexpr int down = M * columns / threads;
  static_assert(down * threads == M * columns && N % across == 0);

  /// Where column n is staged: four columns of a thread lie side by side.
  AGON_HD static constexpr int placeOf(int n) { return n / (4 * columns) * 4 * columns + n % columns * 4 + n / columns % 4; }

  struct Sums {
    float at[down][across];
  };
  PerThread<Sums, threads> sums_;

 public:
  struct alignas(16) Shared {
    float a[K][M + 4], b[K][N + 4];
  };

  AGON_HD void clear(const Block<threads>& block) {
    block.each([&](int thread) {
      Sums& sums = sums_[thread];
      AGON_UNROLL for (int i = 0; i < down; i++) AGON_UNROLL for (int j = 0; j < across; j++) sums.at[i][j] = 0;
    });
  }

  AGON_HD static void storeA(Shared& shared, int k, int m, float value) { shared.a[k][m] = value; }
  AGON_HD static void storeB(Shared& shared, int k, int n, float value) { shared.b[k][placeOf(n)] = value; }

  AGON_HD void multiply(const Block<threads>& block, const Shared& shared) {
    block.each([&](int thread) {
      Sums& sums = sums_[thread];
      const int y = thread / columns, x = thread % columns;
      AGON_UNROLL for (int k = 0; k < K; k++) {
        float a[down], b[across];
        readVector(&shared.a[k][y * down], a);
        AGON_UNROLL for (int j = 0; j < across; j += 4) {
          float four[4];
          readVector(&shared.b[k][j * columns + x * 4], four);
          AGON_UNROLL for (int i = 0; i < 4; i++) b[j + i] = four[i];
        }
        AGON_UNROLL for (int i = 0; i < down; i++) AGON_UNROLL for (int j = 0; j < across; j++) sums.at[i][j] = added(a[i], b[j], sums.at[i][j]);
      }
    });
  }

  template <class Use>
  AGON_HD void each(const Block<threads>& block, Use use) {
    block.each([&](int thread) {
      const Sums& sums = sums_[thread];
      const int y = thread / columns, x = thread % columns;
      AGON_UNROLL for (int i = 0; i < down; i++) AGON_UNROLL for (int j = 0; j < across; j++) use(y * down + i, x + j * columns, sums.at[i][j]);
    });
  }

 private:
  AGON_HD static float added(float a, float b, float sum) {
#ifdef __CUDA_ARCH__
    return __fmaf_rn(a, b, sum);
#else
    return sum + a * b;
#endif
  }
};

}  // namespace agon::cuda
