#include <algorithm>
#include <numeric>

#include "products.h"

namespace agon::cuda {

namespace {

/// Rows of matrices that lie `step` apart; what a slice adds is in a table.
struct MatrixRows {
  using Row = int64_t;
  Rows of;
  const int64_t* base;      // per slice, the slices of one matrix of the parameter side by side
  const int64_t* firstSlice;  // per matrix of the parameter, and the end
  int64_t step;
  AGON_HD int64_t slices(int64_t matrix) const { return firstSlice[matrix + 1] - firstSlice[matrix]; }
  AGON_HD Row rowAt(int64_t, int64_t row) const { return row * step; }
  AGON_HD int64_t sliceAt(int64_t matrix, int64_t slice) const { return base[firstSlice[matrix] + slice]; }
  AGON_HD float at(Row row, int64_t slice, int32_t n) const { return of.at(row + slice, n); }
};

/// One factor: element (matrix, row, column) after op() at matrix * size + row * rowStep + column * columnStep.
struct Side {
  std::vector<int32_t> matrix;  // per product of the batch
  int64_t rows, columns, matrices, rowStep, columnStep;
  int64_t size() const { return rows * columns; }
};

Side readSide(const Maker& maker, int input, int64_t batch, int64_t rows, int64_t columns, bool isTransposed) {
  maker.expect(maker.inputSize(input) % (rows * columns) == 0, "whole matrices");
  const int64_t matrices = maker.inputSize(input) / (rows * columns);
  const auto& matrix = maker.instruction().tables[input];
  maker.expect(static_cast<int64_t>(matrix.size()) == batch, "a matrix per product");
  return {matrix, rows, columns, matrices, isTransposed ? 1 : columns, isTransposed ? rows : 1};
}

/// Of a parameter a: da[i,l] = alpha sum over products, j and examples of dy[i,j] b[l,j]. Of b: db[l,j] = alpha sum over products, i and examples of a[i,l] dy[i,j].
class Factor : public ParameterGradient {
 public:
  bool isA;
  float alpha;
  int64_t rows, columns, matrices, mostSlices, otherStep, ownStep;
  Spread to;
  Array<int64_t> firstSlice, inOther, inY;
  int32_t other, y;

  void add(const Walk& walk, float* out) const override {
    const MatrixRows by{{walk.frame.view(other)}, inOther.data(), firstSlice.data(), otherStep};
    const MatrixRows dy{cotangentsOf(walk, y), inY.data(), firstSlice.data(), ownStep};
    addProducts(walk.frame, isA ? dy : by, isA ? by : dy, matrices, rows, columns, mostSlices, alpha, to, out);
  }
};

/// The addend: dc[e] = beta * sum over examples of the cotangents that e was added to.
class Addend : public ParameterGradient {
 public:
  Spreading map;
  float beta;
  int32_t y;
  void add(const Walk& walk, float* out) const override { map.add(walk, y, SlopeOne{}, beta, out); }
};

/// The products that each matrix of the parameter is in, in ascending order, times the rows or columns that they sum over.
void makeSlices(Factor& of, Device& device, const Side& own, const Side& others, int64_t inner, int64_t innerOther, int64_t innerY, int64_t sizeY) {
  std::vector<int64_t> first{0}, inOther, inY;
  std::vector<size_t> order(own.matrix.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return own.matrix[a] < own.matrix[b]; });
  size_t next = 0;
  of.mostSlices = 0;
  for (int64_t matrix = 0; matrix < own.matrices; matrix++) {
    for (; next < order.size() && own.matrix[order[next]] == matrix; next++) {
      const auto p = static_cast<int64_t>(order[next]);
      for (int64_t s = 0; s < inner; s++) {
        inOther.push_back(others.matrix[p] * others.size() + s * innerOther);
        inY.push_back(p * sizeY + s * innerY);
      }
    }
    first.push_back(static_cast<int64_t>(inY.size()));
    of.mostSlices = std::max(of.mostSlices, first.back() - first[matrix]);
  }
  of.firstSlice = Array<int64_t>(device, first);
  of.inOther = Array<int64_t>(device, inOther);
  of.inY = Array<int64_t>(device, inY);
}

std::unique_ptr<ParameterGradient> learnAddend(const Making& making) {
  const Maker& maker = making.maker;
  auto gradient = std::make_unique<Addend>();
  gradient->map = Spreading(making.device, maker.tableOrIdentity(2, maker.outputSize(), maker.inputSize(2)), maker.inputSize(2));
  gradient->beta = maker.instruction().numbers[1];
  gradient->y = maker.instruction().outputs[0];
  return gradient;
}

}  // namespace

std::unique_ptr<ParameterGradient> learnMatMul(const Making& making, size_t input) {
  const Maker& maker = making.maker;
  maker.expectCounts(2, 3, 6, 2, 2);
  if (input == 2) return learnAddend(making);
  const Instruction& it = maker.instruction();
  const int64_t batch = maker.positive(0), m = maker.positive(1), k = maker.positive(2), n = maker.positive(3);
  const Side a = readSide(maker, 0, batch, m, k, it.ints[4] != 0), b = readSide(maker, 1, batch, k, n, it.ints[5] != 0);
  const Side &own = input == 0 ? a : b, &others = input == 0 ? b : a;
  auto gradient = std::make_unique<Factor>();
  gradient->isA = input == 0;
  gradient->alpha = it.numbers[0];
  gradient->rows = own.rows;
  gradient->columns = own.columns;
  gradient->matrices = own.matrices;
  gradient->to = {own.rows, own.columns, own.size(), own.rowStep, own.columnStep};
  gradient->other = it.inputs[1 - input];
  gradient->y = it.outputs[0];
  // Rows of da are those of dy, and its columns rows of b; rows of db are columns of a, and its columns those of dy.
  gradient->otherStep = input == 0 ? b.rowStep : a.columnStep;
  gradient->ownStep = input == 0 ? n : 1;
  if (input == 0) makeSlices(*gradient, making.device, own, others, n, b.columnStep, 1, m * n);
  else makeSlices(*gradient, making.device, own, others, m, a.rowStep, n, m * n);
  return gradient;
}

}  // namespace agon::cuda
