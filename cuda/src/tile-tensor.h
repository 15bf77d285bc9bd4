#pragma once
#include <agon/session.h>

#include "round.h"
#include "tile-fp32.h"

namespace agon::cuda {

/// Which word of a matrix a lane of a warp holds in register i of mma.m16n8k8 (tf32) and mma.m16n8k16 (bf16, two values of k to a word, the smaller one in its
/// low half): D[16][8] = A[16][8 words] B[8 words][8] + C. mma.m16n8k8 (bf16) has the first half of the registers. After "Matrix Fragments for mma.m16n8k8"
/// and "... mma.m16n8k16 with floating point type" of the PTX ISA.
namespace fragment {

AGON_HD constexpr int rowOfA(int lane, int i) { return lane / 4 + 8 * (i % 2); }
AGON_HD constexpr int wordOfA(int lane, int i) { return lane % 4 + 4 * (i / 2); }
AGON_HD constexpr int wordOfB(int lane, int i) { return lane % 4 + 4 * i; }
AGON_HD constexpr int columnOfB(int lane) { return lane / 4; }
AGON_HD constexpr int rowOfSum(int lane, int i) { return lane / 4 + 8 * (i / 2); }
AGON_HD constexpr int columnOfSum(int lane, int i) { return lane % 4 * 2 + i % 2; }

}  // namespace fragment

/// A tile (tile.h) on tensor cores. Rows of an instruction are lanes n, its columns m: eight threads then have n side by side.
template <Precision P, int M, int N, int K>
class TensorTile {
  static_assert(P == Precision::Tf32 || P == Precision::Bf16);

 public:
  static constexpr int threads = tileThreads(M, N);
  /// Values of k in a word; words of a column of a step; words that one instruction takes.
  static constexpr int perWord = P == Precision::Bf16 ? 2 : 1, words = K / perWord, wordsTogether = words < 8 ? words : 8;

 private:
  static constexpr int warps = threads / warpThreads;
  static constexpr int warpsM = warps * 32 / N < M / 8 ? warps * 32 / N : M / 8, warpsN = warps / warpsM;

 public:
  /// Fragments of a warp: of 16 lanes n, and of 8 m.
  static constexpr int fragmentsN = N / warpsN / 16, fragmentsM = M / warpsM / 8;
  static_assert(warpsM * warpsN == warps && fragmentsN * warpsN * 16 == N && fragmentsM * warpsM * 8 == M && words % wordsTogether == 0);

  /// 8 words more to a row: the words of a fragment lie in 32 banks.
  struct alignas(16) Shared {
    uint32_t a[words][M + 8], b[words][N + 8];
  };

  AGON_HD void clear(const Block<threads>& block) {
    block.each([&](int thread) {
      Sums& sums = sums_[thread];
      AGON_UNROLL for (int i = 0; i < fragmentsN; i++)
        AGON_UNROLL for (int j = 0; j < fragmentsM; j++) AGON_UNROLL for (int c = 0; c < 4; c++) sums.at[i][j][c] = 0;
    });
  }

  AGON_HD static void storeA(Shared& shared, int k, int m, float value) { store(shared.a[k / perWord][m], k % perWord, value); }
  AGON_HD static void storeB(Shared& shared, int k, int n, float value) { store(shared.b[k / perWord][n], k % perWord, value); }

  AGON_HD void multiply(const Block<threads>& block, const Shared& shared) {
    block.each([&](int thread) {
#ifdef __CUDA_ARCH__
      Sums& sums = sums_[thread];
      AGON_UNROLL for (int word = 0; word < words; word += wordsTogether) {
        uint32_t lanes[fragmentsN][4];
        AGON_UNROLL for (int i = 0; i < fragmentsN; i++) readN(shared, thread, word, i, lanes[i]);
        AGON_UNROLL for (int j = 0; j < fragmentsM; j++) {
          uint32_t column[2];
          readM(shared, thread, word, j, column);
          AGON_UNROLL for (int i = 0; i < fragmentsN; i++) instruction(lanes[i], column, sums.at[i][j]);
        }
      }
#else
      eachOf(thread, [&](int m, int n, float& sum) {
        for (int k = 0; k < K; k++) sum += operand(shared.a[k / perWord][m], k % perWord) * operand(shared.b[k / perWord][n], k % perWord);
      });
#endif
    });
  }

  template <class Use>
  AGON_HD void each(const Block<threads>& block, Use use) {
    block.each([&](int thread) { eachOf(thread, use); });
  }

  /// The registers of a thread for fragment i of lanes n, and j of m, from a word on.
  AGON_HD static void readN(const Shared& shared, int thread, int word, int i, uint32_t (&to)[4]) {
    const int lane = thread % warpThreads, first = firstN(thread, i);
    AGON_UNROLL for (int r = 0; r < wordsTogether / 2; r++) to[r] = shared.b[word + fragment::wordOfA(lane, r)][first + fragment::rowOfA(lane, r)];
  }
  AGON_HD static void readM(const Shared& shared, int thread, int word, int j, uint32_t (&to)[2]) {
    const int lane = thread % warpThreads, first = firstM(thread, j);
    AGON_UNROLL for (int r = 0; r < wordsTogether / 4; r++) to[r] = shared.a[word + fragment::wordOfB(lane, r)][first + fragment::columnOfB(lane)];
  }
  /// Where sum c of fragments i and j of a thread belongs.
  AGON_HD static int nOf(int thread, int i, int c) { return firstN(thread, i) + fragment::rowOfSum(thread % warpThreads, c); }
  AGON_HD static int mOf(int thread, int j, int c) { return firstM(thread, j) + fragment::columnOfSum(thread % warpThreads, c); }

 private:
  struct Sums {
    float at[fragmentsN][fragmentsM][4];
  };
  PerThread<Sums, threads> sums_;

  AGON_HD static int firstN(int thread, int i) { return (thread / warpThreads % warpsN * fragmentsN + i) * 16; }
  AGON_HD static int firstM(int thread, int j) { return (thread / warpThreads / warpsN * fragmentsM + j) * 8; }

  template <class Use>
  AGON_HD void eachOf(int thread, Use use) {
    Sums& sums = sums_[thread];
    AGON_UNROLL for (int j = 0; j < fragmentsM; j++)
      AGON_UNROLL for (int i = 0; i < fragmentsN; i++)
        AGON_UNROLL for (int c = 0; c < 4; c++) use(mOf(thread, j, c), nOf(thread, i, c), sums.at[i][j][c]);
  }

  AGON_HD static void store(uint32_t& word, int half, float value) {
    if constexpr (P == Precision::Bf16) {
      const uint16_t bits = bf16Of(value);
      memcpy(reinterpret_cast<char*>(&word) + 2 * half, &bits, sizeof bits);
    } else {
      word = tf32Of(value);
    }
  }

  static float operand(uint32_t word, int half) { return floatOf(perWord == 1 ? word : half ? word & 0xffff0000u : word << 16); }

#ifdef __CUDACC__
  /// sums += A B on the tensor cores.
  __device__ static void instruction(const uint32_t (&a)[4], const uint32_t (&b)[2], float (&sums)[4]) {
    if constexpr (P == Precision::Tf32) {
      asm("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
          : "+f"(sums[0]), "+f"(sums[1]), "+f"(sums[2]), "+f"(sums[3])
          : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
    } else if constexpr (wordsTogether == 8) {
      asm("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
          : "+f"(sums[0]), "+f"(sums[1]), "+f"(sums[2]), "+f"(sums[3])
          : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
    } else {
      asm("mma.sync.aligned.m16n8k8.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5}, {%6}, {%0, %1, %2, %3};"
          : "+f"(sums[0]), "+f"(sums[1]), "+f"(sums[2]), "+f"(sums[3])
          : "r"(a[0]), "r"(a[1]), "r"(b[0]));
    }
  }
#endif
};

}  // namespace agon::cuda
