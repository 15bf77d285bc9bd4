#pragma once
#include <type_traits>

#include "tile-fp32.h"
#include "tile-tensor.h"

namespace agon::cuda {

/// M x N sums of products that one block makes: sum[m][n] = sum over k of a[k][m] b[k][n], where the operands come in steps of K values of k through shared
/// memory. M is 16, 32, 64 or 128, N is 32, 64 or 128, K is 8, 16 or 32. n are lanes, so that what a lane takes does not depend on its place in the tile:
/// equal columns of b give equal bits, in whichever lane of whichever tile.
///
///     Tile<P, M, N, K> tile;
///     tile.clear(block);
///     for (every step) {
///       block.each([&](int thread) { /* storeA(shared, k, m, value) for every k < K, m < M, and storeB(shared, k, n, value) */ });
///       tile.multiply(block, shared);
///     }
///     tile.each(block, [&](int m, int n, float sum) { /* once for every sum; threads side by side have n side by side */ });
///
/// Fp32: float32 throughout, every sum one chain in ascending k. Tf32, Bf16: operands are rounded as they are stored, products are exact, sums are float32;
/// steps are added in ascending order, and the 8 or 16 products of one instruction of the tensor cores in the order of the hardware (on a host: ascending k).
template <Precision P, int M, int N, int K>
using Tile = std::conditional_t<P == Precision::Fp32, Fp32Tile<M, N, K>, TensorTile<P, M, N, K>>;

}  // namespace agon::cuda
