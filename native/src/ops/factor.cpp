#include "factor.h"

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

Factor readFactor(Maker& maker, int which, int64_t batch, int64_t lines, int64_t k, bool isTransposed) {
  Factor f;
  static_cast<Matrices&>(f) = readMatrices(maker, which, batch, lines, k, isTransposed);
  if (!f.isKInner && maker.isConstant(which)) {
    const int64_t size = maker.inputSize(which);
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
