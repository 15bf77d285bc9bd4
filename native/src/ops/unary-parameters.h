#pragma once
#include <agon/scalar.h>

#include "../operation.h"

namespace agon {

/// Checks a Unary instruction and reads its function and parameters.
Function unaryFunction(Maker& maker, Parameters& parameters);

}  // namespace agon
