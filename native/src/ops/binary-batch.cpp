#include "binary-batch.h"

#include <algorithm>

namespace agon {

namespace {

using Derivative = double (*)(Function, double, double);

const float* rowOf(const float* rows, const std::vector<int32_t>& map, int64_t e) {
  return rows + (map.empty() ? e : int64_t{map[e]}) * batchLanes;
}

/// Sums, differences and products rounded once are those of float64 rounded to float32; the rest goes through float64.
void evaluateRow(Function f, const float* a, const float* b, float* y) {
  if (f == Function::Add) {
    for (int l = 0; l < batchLanes; l++) y[l] = a[l] + b[l];
  } else if (f == Function::Sub) {
    for (int l = 0; l < batchLanes; l++) y[l] = a[l] - b[l];
  } else if (f == Function::Mul) {
    for (int l = 0; l < batchLanes; l++) y[l] = a[l] * b[l];
  } else {
    for (int l = 0; l < batchLanes; l++) y[l] = static_cast<float>(evaluate(f, static_cast<double>(a[l]), static_cast<double>(b[l])));
  }
}

/// One side of the function, as its derivative is found.
struct Side {
  Derivative derivative;
  const Mask& wanted;
  const std::vector<int32_t>& map;
  bool shared, ones;
  float* rows;                  // of every lane's own
  std::vector<float>* slope;    // shared ones

  bool find(Function f, int64_t e, const float* a, const float* b) const {
    if (!wanted[map.empty() ? e : map[e]]) {
      if (rows) std::fill(rows + e * batchLanes, rows + (e + 1) * batchLanes, 0.0f);
      if (shared && !ones) (*slope)[e] = 0;
      return false;
    }
    if (ones) return true;
    if (shared) return ((*slope)[e] = static_cast<float>(derivative(f, a[0], b[0]))) != 0;
    bool any = false;
    for (int l = 0; l < batchLanes; l++) {
      rows[e * batchLanes + l] = static_cast<float>(derivative(f, a[l], b[l]));
      any = any || rows[e * batchLanes + l] != 0;
    }
    return any;
  }
};

}  // namespace

bool BinaryBatch::isSharedA() const {
  return function == Function::Add || function == Function::Sub || ((function == Function::Mul || function == Function::Div) && isConstantB);
}

bool BinaryBatch::isSharedB() const {
  return function == Function::Add || function == Function::Sub || (function == Function::Mul && isConstantA);
}

void BinaryBatch::forward(Batch& batch) const {
  const int64_t size = batch.size(y);
  const bool differentiable = isDifferentiable(function);
  const bool wantsA = differentiable && batch.wants(a), wantsB = differentiable && batch.wants(b);
  const float *rowsA = batch.rows(a), *rowsB = batch.rows(b);
  float* out = batch.write(y);
  float* slopesA = wantsA && !isSharedA() ? batch.keepRows(&Local::rowsA, size) : nullptr;
  float* slopesB = wantsB && !isSharedB() ? batch.keepRows(&Local::rowsB, size) : nullptr;
  if (batch.dry) return;
  Local& local = batch.frame.locals[batch.current];
  const bool isSum = function == Function::Add, isDifference = function == Function::Sub;
  const Mask none;
  const Side sideA{derivativeA, wantsA ? *batch.frame.wanted[a] : none, mapA, isSharedA(), isSum || isDifference, slopesA, &local.a};
  const Side sideB{derivativeB, wantsB ? *batch.frame.wanted[b] : none, mapB, isSharedB(), isSum, slopesB, &local.b};
  if (wantsA && sideA.shared && !sideA.ones) local.a.resize(size);
  if (wantsB && sideB.shared && !sideB.ones) local.b.resize(size);
  Mask mask(wantsA || wantsB ? size : 0);
  eachElement(batch, size, [&](int64_t begin, int64_t end) {
    if (isSum && mapA.empty() && mapB.empty()) {
      for (int64_t i = begin * batchLanes; i < end * batchLanes; i++) out[i] = rowsA[i] + rowsB[i];
      for (int64_t e = begin; e < end && !mask.empty(); e++) mask[e] = (wantsA && sideA.wanted[e]) || (wantsB && sideB.wanted[e]);
      return;
    }
    for (int64_t e = begin; e < end; e++) {
      const float *fromA = rowOf(rowsA, mapA, e), *fromB = rowOf(rowsB, mapB, e);
      evaluateRow(function, fromA, fromB, out + e * batchLanes);
      const bool reachesA = wantsA && sideA.find(function, e, fromA, fromB), reachesB = wantsB && sideB.find(function, e, fromA, fromB);
      if (wantsA || wantsB) mask[e] = reachesA || reachesB;
    }
  });
  if (wantsA || wantsB) batch.frame.want(y, std::move(mask));
}

}  // namespace agon
