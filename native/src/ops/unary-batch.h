#pragma once
#include <agon/scalar.h>

#include "../batch/batch.h"
#include "../few/few.h"
#include "unary-parameters.h"

namespace agon {

/// An elementwise function of 16 examples in lanes; keeps Local::bits where the derivative is 0 or 1 and Local::rowsA elsewhere.
void unaryForwardBatch(Batch& batch, Function function, Parameters parameters, int32_t x, int32_t y);

/// Of few examples, a function whose derivative is 0 or 1.
void maskForwardFew(Few& few, Function function, Parameters parameters, int32_t x, int32_t y);
void maskBackwardFew(Few& few, int32_t x, int32_t y);

}  // namespace agon
