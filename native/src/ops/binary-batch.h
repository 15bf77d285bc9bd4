#pragma once
#include <agon/scalar.h>

#include "../batch/batch.h"

namespace agon {

/// A function of two values of 16 examples in lanes; an empty map is the same element.
struct BinaryBatch {
  Function function;
  const std::vector<int32_t>&mapA, &mapB;
  int32_t a, b, y;
  bool isConstantA, isConstantB;

  /// True if the derivative with respect to a (or b) is the same for every example: it is found by Binary::linearize's rule in Local::a (or b).
  bool isSharedA() const;
  bool isSharedB() const;
  void forward(Batch& batch) const;
};

}  // namespace agon
