// y[batch, m, n] = alpha op(a) op(b) + beta c.
#include "../../../native/src/ops/matrices.h"
#include "../pull.h"
#include "dense.h"
#include "product.h"

namespace agon::cuda {

namespace {

/// Where the entries of a factor lie: that of a line (of m or n) and of k, in a matrix.
struct Strides {
  int64_t matrix, line, k;
};

/// What the forward pass reads and writes. Rows of a product are n; columns are m and, where b is the same for all of them, examples, which else are parts.
struct MatMulFactors {
  View a, b, c;  // c: none
  Strides ofA, ofB;
  const int32_t *matrixOfA, *matrixOfB, *mapC;  // mapC null: the same element
  float* y;
  int64_t m, n;
  int32_t examples;
  float alpha, beta;

  struct Column {
    int64_t batch, line;
    int32_t example;
  };
  AGON_HD bool isShared() const { return b.examples == 1; }
  AGON_HD Column columnOf(int64_t part, int64_t n) const {
    if (isShared()) return {part, n / examples, static_cast<int32_t>(n % examples)};
    return {part / examples, n, static_cast<int32_t>(part % examples)};
  }
  AGON_HD bool rowsByDepth() const { return ofB.k == 1; }
  AGON_HD bool columnsByDepth() const { return ofA.k == 1 && a.examples == 1; }
  AGON_HD float ofRow(int64_t part, int32_t k, int64_t j) const {
    const Column at = columnOf(part, 0);
    return b.at(matrixOfB[at.batch] * ofB.matrix + j * ofB.line + k * ofB.k, at.example);
  }
  AGON_HD float ofColumn(int64_t part, int32_t k, int64_t column) const {
    const Column at = columnOf(part, column);
    return a.at(matrixOfA[at.batch] * ofA.matrix + at.line * ofA.line + k * ofA.k, at.example);
  }
  AGON_HD void put(int64_t part, int64_t j, int64_t column, float sum) const {
    const Column at = columnOf(part, column);
    const int64_t e = (at.batch * m + at.line) * n + j;
    y[e * examples + at.example] = alpha * sum + (c.data ? beta * c.at(mapC ? mapC[e] : e, at.example) : 0.0f);
  }
};

/// The same coefficient for every link.
struct Constant {
  static constexpr bool sameForExamples = true;
  float value;
  AGON_HD float operator()(int64_t, int64_t, int64_t, int32_t) const { return value; }
};

struct MatMul : Operation, MatMulSizes {
  explicit MatMul(const MatMulSizes& sizes) : MatMulSizes(sizes) {}
  /// Of a and b: as given, which matrix a batch takes, and, where it is not constant, what gives it its cotangent.
  struct Factor {
    Strides at;
    Ints matrixOf;
    std::unique_ptr<Product> product;
  };
  Factor a, b;
  Ints mapC;  // empty: the same element
  LinkTable linksC;

  bool hasC() const { return inputs.size() > 2 && inputs[2] >= 0; }

  void forward(Frame& frame) const override {
    const int32_t examples = frame.examplesOf(inputs);
    float* const y = frame.write(outputs[0], examples);
    const MatMulFactors factors = {frame.view(inputs[0]), frame.view(inputs[1]), hasC() ? frame.view(inputs[2]) : View{}, a.at, b.at,
                                   a.matrixOf.data(), b.matrixOf.data(), mapC.data(), y, m, n, examples, alpha, beta};
    const bool isShared = factors.isShared();
    runDense(frame.device, {isShared ? batch : batch * examples, n, isShared ? m * examples : m, static_cast<int32_t>(k)}, factors);
  }

  /// da[i, :] = alpha sum over n of G[i, n] b[n, :], and db[n, :] = alpha sum over i of G[i, n] a[i, :].
  void backward(Walk& walk) const override {
    const int32_t y = outputs[0];
    if (a.product) a.product->backward(walk, inputs[0], y, {walk.frame.view(inputs[1]), b.at.matrix, 0, b.at.line, b.at.k}, alpha);
    if (b.product) b.product->backward(walk, inputs[1], y, {walk.frame.view(inputs[0]), a.at.matrix, 0, a.at.line, a.at.k}, alpha);
    if (hasC()) pull(walk, inputs[2], y, linksC.links(), Constant{beta});
  }

  int64_t denseProducts(const Frame& frame) const override {
    return batch * m * n * k * ((frame.wanted[inputs[0]] != nullptr) + (frame.wanted[inputs[1]] != nullptr));
  }
  int64_t scratchBytes(int64_t) const override { return (a.product ? a.product->scratchBytes() : 0) + (b.product ? b.product->scratchBytes() : 0); }
};

/// Terms of a factor's matrices: the batches that take them, with the matrix of the other factor.
Terms termsOf(const Matrices& f, const Matrices& other) {
  Terms terms;
  terms.offsets.push_back(0);
  for (const auto& batches : f.batchesOf) {
    for (const int32_t t : batches) {
      terms.source.push_back(t);
      terms.block.push_back(other.matrixOf[t]);
    }
    terms.offsets.push_back(static_cast<int32_t>(terms.source.size()));
  }
  return terms;
}

}  // namespace

std::unique_ptr<Operation> makeMatMul(const Making& making) {
  const Maker& maker = making.maker;
  const MatMulSizes sizes = readMatMulSizes(maker);
  auto op = std::make_unique<MatMul>(sizes);
  const Matrices matrices[2] = {readMatrices(maker, 0, sizes.batch, sizes.m, sizes.k, sizes.isTransposedA),
                                readMatrices(maker, 1, sizes.batch, sizes.n, sizes.k, sizes.isTransposedB)};
  for (int which = 0; which < 2; which++) {
    const Matrices &f = matrices[which], &other = matrices[1 - which];
    auto& factor = which == 0 ? op->a : op->b;
    factor.at = f.isKInner ? Strides{f.lines * op->k, op->k, 1} : Strides{f.lines * op->k, 1, f.lines};
    factor.matrixOf = Ints(making.device, f.matrixOf);
    maker.keepConstant(which);
    if (maker.isConstant(which)) continue;
    const auto narrow = [](int64_t count) { return static_cast<int32_t>(count); };
    const Layout x = {narrow(f.matrices), narrow(f.lines), narrow(op->k), factor.at.matrix, factor.at.line, factor.at.k};
    const Layout y = which == 0 ? Layout{narrow(op->batch), narrow(op->m), narrow(op->n), op->m * op->n, op->n, 1}
                                : Layout{narrow(op->batch), narrow(op->n), narrow(op->m), op->m * op->n, 1, op->n};
    factor.product = std::make_unique<Product>(making.device, x, y, termsOf(f, other));
  }
  if (maker.has(2)) {
    maker.keepConstant(2);
    const auto map = maker.tableOrIdentity(2, maker.outputSize(), maker.inputSize(2));
    if (!map.empty()) {
      op->mapC = Ints(making.device, map);
      op->linksC = LinkTable(making.device, map, maker.inputSize(2));
    }
  }
  return op;
}

}  // namespace agon::cuda
