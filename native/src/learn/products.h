#pragma once
#include "step.h"

namespace agon {

/// A matrix of which element (i, j) is at i * row + j * column; one of the two steps is 1.
struct MatrixView {
  const float* data;
  int64_t rows, columns, row, column;
};

/// Rows of lanes of a batch: row i of the q-th is at data + (q * size + i) * 16, q < count.
struct LaneMatrix {
  const float* data;
  int64_t size, count;
};

/// y[q][i] (+)= sum over j of m[i, j] x[q][j]. Every thread writes rows of its own.
void multiplyLanes(Learning& of, const MatrixView& m, const LaneMatrix& x, float* y, bool goesOn);

/// m[i, j] (+)= sum over q and lanes of a[q][i] b[q][j]; m is [a.size, b.size].
void multiplyOverBatch(Learning& of, const LaneMatrix& a, const LaneMatrix& b, float* m, bool goesOn);

}  // namespace agon
