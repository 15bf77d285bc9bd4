#pragma once
#include <agon/scalar.h>

#include "../maker.h"

namespace agon {

/// Checks a Unary instruction and reads its function and parameters.
Function unaryFunction(Maker& maker, Parameters& parameters);

/// True if the derivative is 0 or 1 everywhere.
bool isMask(Function function);

}  // namespace agon
