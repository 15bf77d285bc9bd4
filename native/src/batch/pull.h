#pragma once
#include "../walk.h"
#include "../kernels/lanes.h"

namespace agon {

/// A local linear map y -> x with coefficients of every lane's own: element e of y comes from elements source[k] of x (null: e) with the factors
/// rows[16 k + lane] or, where rows is null, 1 in the lanes of bits[k] and 0 in the others; k is e itself, or offsets[e] .. offsets[e+1]-1.
/// With bits, no two elements of y may come from the same element of x.
struct LaneLinks {
  const int32_t* source = nullptr;
  const float* rows = nullptr;
  const uint16_t* bits = nullptr;
  const int32_t* offsets = nullptr;
};

/// Propagates a cotangent of lanes through such a map and gives the result to x. Pass the cotangent by move with the last input.
void pullLanes(Walk& walk, size_t slot, int32_t x, Cotangent cotangent, const LaneLinks& links);

/// New rows that are sums of rows in some of their lanes: row i adds old rows from[k] in the lanes of bits[k], k in offsets[i] ..
struct ChoiceRecipe : Recipe {
  std::vector<int32_t> offsets, from;
  std::vector<uint16_t> bits;
  int64_t bytes() const override {
    return Recipe::bytes() + 4 * static_cast<int64_t>(offsets.size() + from.size()) + 2 * static_cast<int64_t>(bits.size());
  }
};

/// The map of a maximum: in lane l, element e of y comes from element winner[16 e + l] of x with factor 1.
void pullWinners(Walk& walk, int32_t x, Cotangent cotangent, const int32_t* winner);

}  // namespace agon
