// Matrix products. Layers, activations [positions, k] times one constant matrix, go by blocks; everything else that a constant can do, entry by entry.
#include <algorithm>

#include "../ops/factor.h"
#include "products.h"

namespace agon {

namespace {

/// One factor: matrices of [rows, columns] after op(), its element (matrix, i, l) at matrix * size + i * row + l * column.
struct MatrixSide {
  std::vector<int32_t> matrix;  // per product of the batch
  int64_t size, row, column;
  bool isConstant;
};

class MatMul : public LearnStep, MatMulSizes {
 public:
  MatrixSide a, b;
  std::vector<int32_t> mapC;
  bool hasC = false, isLayer = false;

  explicit MatMul(const MatMulSizes& sizes) : MatMulSizes(sizes) {}

  void forward(Learning& of) override {
    if (isLayer) {
      multiplyLanes(of, {of.rows(inputs[1]), n, k, b.column, b.row}, {of.rows(inputs[0]), k, of.groups * positions()}, of.write(output), false);
    } else {
      of.pool.each(of.groups, 1, [&](int64_t begin, int64_t end) {
        for (int64_t g = begin; g < end; g++) multiplyEntries(of, g);
      });
    }
    if (alpha == 1 && !hasC) return;
    const float* c = hasC ? of.rows(inputs[2]) : nullptr;
    const bool isRow = hasC && !of.isConstant[of.place[inputs[2]]];
    eachRow(of, [&](int64_t g, int64_t e) {
      float* y = of.write(output) + g * of.groupSize(output) + e * learnLanes;
      const int64_t at = mapC.empty() ? e : mapC[e];
      for (int l = 0; l < learnLanes; l++) {
        const float plus = !c ? 0.0f : isRow ? c[g * of.groupSize(inputs[2]) + at * learnLanes + l] : c[at];
        y[l] = alpha * y[l] + beta * plus;
      }
    });
  }

  void backward(Learning& of) override {
    if (hasC && gives[2]) backwardC(of);
    if (alpha != 1) {
      eachRow(of, [&](int64_t g, int64_t e) {
        float* dy = of.cotangent(output) + g * of.groupSize(output) + e * learnLanes;
        for (int l = 0; l < learnLanes; l++) dy[l] *= alpha;
      });
    }
    if (!isLayer) return backwardEntries(of);
    const int64_t count = of.groups * positions();
    const LaneMatrix x = {of.rows(inputs[0]), k, count}, dy = {of.cotangent(output), n, count};
    if (gives[1] && b.row == 1) multiplyOverBatch(of, dy, x, of.cotangent(inputs[1]), adds[1]);
    if (gives[1] && b.row != 1) multiplyOverBatch(of, x, dy, of.cotangent(inputs[1]), adds[1]);
    if (gives[0]) multiplyLanes(of, {of.rows(inputs[1]), k, n, b.row, b.column}, dy, of.cotangent(inputs[0]), adds[0]);
  }

  bool forgetsOutput() const override { return true; }

 private:
  int64_t positions() const { return batch * m; }

  template <class Visit>
  void eachRow(Learning& of, Visit visit) const {
    const int64_t size = batch * m * n;
    of.pool.each(of.groups * size, 1 << 12, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; i++) visit(i / size, i % size);
    });
  }

  void backwardC(Learning& of) {
    const int64_t size = batch * m * n, sizeC = of.sizes[inputs[2]];
    const auto at = [&](int64_t e) { return mapC.empty() ? e : int64_t{mapC[e]}; };
    const auto row = [&](int64_t g, int64_t e) { return of.cotangent(output) + g * of.groupSize(output) + e * learnLanes; };
    float* dc = of.cotangent(inputs[2]);
    const bool isConstant = of.isConstant[of.place[inputs[2]]];
    if (!adds[2]) std::fill(dc, dc + (isConstant ? sizeC : of.groups * sizeC * learnLanes), 0.0f);
    if (isConstant) {
      for (int64_t e = 0; e < size; e++)
        dc[at(e)] += beta * sumOverBatch(of.groups, [&](int64_t g, float* lanes) {
                       for (int l = 0; l < learnLanes; l++) lanes[l] += row(g, e)[l];
                     });
      return;
    }
    for (int64_t g = 0; g < of.groups; g++)
      for (int64_t e = 0; e < size; e++)
        for (int l = 0; l < learnLanes; l++) dc[(g * sizeC + at(e)) * learnLanes + l] += beta * row(g, e)[l];
  }

  /// use(element of y, of a, of b) for every product of two numbers.
  template <class Use>
  void eachEntry(Use use) const {
    for (int64_t p = 0; p < batch; p++)
      for (int64_t i = 0; i < m; i++)
        for (int64_t l = 0; l < k; l++)
          for (int64_t j = 0; j < n; j++)
            use((p * m + i) * n + j, a.matrix[p] * a.size + i * a.row + l * a.column, b.matrix[p] * b.size + l * b.row + j * b.column);
  }

  /// A factor in one group: of element e and lane l, data[e * step + l * (step > 1)].
  struct Entries {
    const float* data;
    int64_t step;
    float at(int64_t e, int l) const { return data[e * step + (step == 1 ? 0 : l)]; }
  };
  Entries entries(Learning& of, int input, const MatrixSide& side, int64_t g) const {
    if (side.isConstant) return {of.rows(inputs[input]), 1};
    return {of.rows(inputs[input]) + g * of.groupSize(inputs[input]), learnLanes};
  }

  void multiplyEntries(Learning& of, int64_t g) const {
    const Entries from = entries(of, 0, a, g), by = entries(of, 1, b, g);
    float* y = of.write(output) + g * of.groupSize(output);
    std::fill(y, y + of.groupSize(output), 0.0f);
    eachEntry([&](int64_t e, int64_t inA, int64_t inB) {
      for (int l = 0; l < learnLanes; l++) y[e * learnLanes + l] += from.at(inA, l) * by.at(inB, l);
    });
  }

  void backwardEntries(Learning& of) {
    for (int input = 0; input < 2; input++) {
      if (!gives[input]) continue;
      const MatrixSide &own = input == 0 ? a : b, &other = input == 0 ? b : a;
      float* to = of.cotangent(inputs[input]);
      const int64_t size = own.isConstant ? of.sizes[inputs[input]] : of.groups * of.groupSize(inputs[input]);
      if (!adds[input]) std::fill(to, to + size, 0.0f);
      for (int64_t g = 0; g < of.groups; g++) {
        const Entries by = entries(of, 1 - input, other, g);
        const float* dy = of.cotangent(output) + g * of.groupSize(output);
        float* d = own.isConstant ? to : to + g * of.groupSize(inputs[input]);
        eachEntry([&](int64_t e, int64_t inA, int64_t inB) {
          const int64_t mine = input == 0 ? inA : inB, others = input == 0 ? inB : inA;
          alignas(64) float product[learnLanes];
          for (int l = 0; l < learnLanes; l++) product[l] = dy[e * learnLanes + l] * by.at(others, l);
          if (own.isConstant) d[mine] += sumOfLanes(product);
          else
            for (int l = 0; l < learnLanes; l++) d[mine * learnLanes + l] += product[l];
        });
      }
    }
  }
};

MatrixSide readSide(Maker& maker, int input, int64_t batch, int64_t rows, int64_t columns, bool isTransposed) {
  maker.expect(maker.inputSize(input) % (rows * columns) == 0, "whole matrices");
  const int64_t matrices = maker.inputSize(input) / (rows * columns);
  MatrixSide side;
  side.matrix = maker.table(input, batch, 0, matrices);
  side.size = rows * columns;
  side.row = isTransposed ? 1 : columns;
  side.column = isTransposed ? rows : 1;
  side.isConstant = maker.isConstant(input);
  return side;
}

bool isOrdered(const std::vector<int32_t>& matrix) {
  for (size_t p = 0; p < matrix.size(); p++)
    if (matrix[p] != static_cast<int32_t>(p)) return false;
  return true;
}

}  // namespace

std::unique_ptr<LearnStep> learnMatMul(Maker& maker, const LearnKernels&) {
  const MatMulSizes sizes = readMatMulSizes(maker);
  auto step = std::make_unique<MatMul>(sizes);
  step->a = readSide(maker, 0, sizes.batch, sizes.m, sizes.k, sizes.isTransposedA);
  step->b = readSide(maker, 1, sizes.batch, sizes.k, sizes.n, sizes.isTransposedB);
  maker.expect(step->a.isConstant != step->b.isConstant, "one constant factor");
  step->hasC = maker.has(2);
  if (step->hasC) step->mapC = maker.tableOrIdentity(2, maker.outputSize(), maker.inputSize(2));
  const int64_t matrixOfB = sizes.k * sizes.n, sizeOfA = sizes.batch * sizes.m * sizes.k;
  step->isLayer = step->b.isConstant && !sizes.isTransposedA && isOrdered(step->a.matrix) && maker.inputSize(0) == sizeOfA && maker.inputSize(1) == matrixOfB;
  return step;
}

}  // namespace agon
