#pragma once
#include "../maker.h"

namespace agon {

/// A product y[batch, m, n] = alpha op(a) op(b) + beta c, op(a) [m, k] and op(b) [k, n] in every matrix.
struct MatMulSizes {
  int64_t batch, m, k, n;
  float alpha, beta;
  bool isTransposedA, isTransposedB;
};

/// Reads what a MatMul instruction says beside its factors: ints are batch m k n transA transB, numbers alpha and beta.
MatMulSizes readMatMulSizes(const Maker& maker);

/// The matrices of one factor of a product: `lines` is m or n, `matrixOf[batch]` which of its matrices a batch takes.
struct Matrices {
  int64_t lines = 0, matrices = 0;
  bool isKInner = true;  // as given
  std::vector<int32_t> matrixOf;
  std::vector<std::vector<int32_t>> batchesOf;
};

/// Reads and checks factor `which` of a product of `batch` matrices: a is [m][k] and b [k][n] unless they are transposed.
Matrices readMatrices(const Maker& maker, int which, int64_t batch, int64_t lines, int64_t k, bool isTransposed);

}  // namespace agon
