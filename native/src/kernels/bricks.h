#pragma once
#include <cstdint>

#include "kernels.h"

namespace agon {

/// The scalars of sums: sum i takes scalars[at[i] + scalar[t]] of term t.
struct BrickScalars {
  const float* scalars;
  const int32_t* scalar;
  int64_t terms;
  const int32_t* at;
  int64_t sums;
};

/// Rows that take the scalars: row place[t] of `rows` is that of term t; sum i goes to row i of `sums`.
struct BrickRows {
  const int32_t* place;
  float* sums;
};

/// Sums of many rows over the same scalars on a processor that multiplies bricks: 16 rows of 64 bytes of bfloat16 (a tile register of AMX). Every float32 is
/// the sum of three bfloat16 a = a0 + a1 + a2 of 8 significant bits each, exactly; a b is summed as a2 b0 + a1 b0 + a1 b1 + a0 b1 + a0 b2 + a0 b0 in float32.
/// What is left out is at most 2^-24 of |a b|, either way: sums are about as near to the exact ones as those of float32 products. Parts below 1.2e-38 count
/// as 0, factors above 3.39e38 as infinite. What a sum is does not depend on which rows are summed beside it, nor on the number of planes.
struct BrickKernels {
  /// Sets of rows that are summed together, at most.
  static constexpr int64_t setsTogether = 8;
  /// Sums of a brick, and terms of one.
  static constexpr int64_t sumsOfBrick = 16, termsOfBrick = 32;
  static constexpr int64_t bricksOf(int64_t sums) { return (sums + sumsOfBrick - 1) / sumsOfBrick; }
  /// Floats of a brick of packed sums.
  static constexpr int64_t packedFloats(int64_t terms) { return (terms + termsOfBrick - 1) / termsOfBrick * 3 * 256; }
  /// Floats that mix() needs for itself.
  int64_t scratchFloats;
  /// Packs sums 16 brick .. 16 brick + 15.
  void (*pack)(const BrickScalars& of, int64_t brick, float* to);
  /// The sums of `count` sets, from all their packed bricks one after the other.
  void (*mix)(const float* packed, const BrickScalars& of, const float* rows, const BrickRows* sets, int64_t count, const Planes& planes, float* scratch);
};

#ifdef AGON_AMX_KERNELS
/// Whether this process may use bricks; asks the system for them.
bool mayUseAmx();

namespace amx {
/// The kernels of AVX-512 with bricks beside them.
const Kernels& table();
}  // namespace amx
#endif

}  // namespace agon
