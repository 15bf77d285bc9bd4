#pragma once
#include "../operation.h"
#include "matrices.h"

namespace agon {

/// Whether a product is that of one line that is computed with a constant matrix, plus a constant.
bool isDense(const Maker& maker, const MatMulSizes& sizes);

std::unique_ptr<Operation> makeDense(Maker& maker, const MatMulSizes& sizes);

}  // namespace agon
