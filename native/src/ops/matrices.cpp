#include "matrices.h"

#include <algorithm>
#include <limits>

namespace agon {

MatMulSizes readMatMulSizes(const Maker& maker) {
  maker.expectCounts(2, 3, 6, 2, 2);
  const Instruction& it = maker.instruction();
  const MatMulSizes sizes = {maker.positive(0), maker.positive(1), maker.positive(2), maker.positive(3), it.numbers[0], it.numbers[1], it.ints[4] != 0, it.ints[5] != 0};
  maker.expect(sizes.batch * sizes.m * sizes.n == maker.outputSize(), "batch * m * n = size of the output");
  return sizes;
}

Matrices readMatrices(const Maker& maker, int which, int64_t batch, int64_t lines, int64_t k, bool isTransposed) {
  Matrices f;
  f.lines = lines;
  f.isKInner = (which == 0) != isTransposed;
  const int64_t size = maker.inputSize(which), each = f.lines * k;
  maker.expect(size > 0 && size % each == 0, "factors of whole matrices");
  f.matrices = size / each;
  maker.expect(std::max(f.matrices, batch) * f.lines <= std::numeric_limits<int32_t>::max(), "fewer than 2^31 lines");
  maker.expect(size <= std::numeric_limits<int32_t>::max(), "factors of fewer than 2^31 elements");
  f.matrixOf = maker.table(which, batch, 0, f.matrices);
  f.batchesOf.resize(f.matrices);
  for (int64_t t = 0; t < batch; t++) f.batchesOf[f.matrixOf[t]].push_back(static_cast<int32_t>(t));
  return f;
}

}  // namespace agon
