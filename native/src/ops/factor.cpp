#include "factor.h"

#include <algorithm>
#include <limits>

namespace agon {

namespace {

/// Lines of a factor from which on the other one, a constant, is kept in panels as well.
constexpr int64_t leastLines = 4;

}  // namespace

void transpose(const float* from, float* to, int64_t matrices, int64_t rows, int64_t columns) {
  for (int64_t i = 0; i < matrices; i++)
    for (int64_t r = 0; r < rows; r++)
      for (int64_t c = 0; c < columns; c++) to[(i * columns + c) * rows + r] = from[(i * rows + r) * columns + c];
}

MatMulSizes readMatMulSizes(Maker& maker) {
  maker.expectCounts(2, 3, 6, 2, 2);
  const Instruction& it = maker.instruction();
  const MatMulSizes sizes = {maker.positive(0), maker.positive(1), maker.positive(2), maker.positive(3), it.numbers[0], it.numbers[1], it.ints[4] != 0, it.ints[5] != 0};
  maker.expect(sizes.batch * sizes.m * sizes.n == maker.outputSize(), "batch * m * n = size of the output");
  return sizes;
}

Factor readFactor(Maker& maker, int which, int64_t batch, int64_t lines, int64_t k, bool isTransposed) {
  Factor f;
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
  if (!f.isKInner && maker.isConstant(which)) {
    f.packed.resize(size);
    transpose(maker.constant(which, size).data(), f.packed.data(), f.matrices, k, f.lines);
  } else {
    maker.keepConstant(which);
  }
  return f;
}

void packPanels(Maker& maker, int which, Factor& f, const Factor& other, int64_t k) {
  if (!maker.isConstant(which) || maker.isConstant(1 - which) || !other.isKInner || other.lines < leastLines || k % planeLanes != 0) return;
  const int64_t size = f.matrices * f.lines * k;
  const float* const from = f.packed.empty() ? maker.constant(which, size).data() : f.packed.data();
  f.panels.resize(size);
  for (int64_t i = 0; i < size; i++) {
    const int64_t c = i % k, line = i / k % f.lines, matrix = i / k / f.lines;
    f.panels[((matrix * (k / planeLanes) + c / planeLanes) * f.lines + line) * planeLanes + c % planeLanes] = from[i];
  }
}

void packColumns(Factor& f, int64_t k) {
  if (f.panels.empty() || f.packed.empty() || f.lines % planeLanes != 0) return;
  const int64_t size = static_cast<int64_t>(f.packed.size());
  f.columns = Buffer(size);
  for (int64_t i = 0; i < size; i++) {
    const int64_t t = i % k, line = i / k;  // lines of all matrices
    f.columns.data()[(line / planeLanes * k + t) * planeLanes + line % planeLanes] = f.packed[i];
  }
  std::vector<float>().swap(f.packed);
}

}  // namespace agon
