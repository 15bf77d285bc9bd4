#pragma once
#include "../operation.h"
#include "matrices.h"

namespace agon {

/// matrices x [rows][columns] -> matrices x [columns][rows]
void transpose(const float* from, float* to, int64_t matrices, int64_t rows, int64_t columns);

/// One factor, made ready.
struct Factor : Matrices {
  std::vector<float> packed;  // a constant that was not with k innermost
  std::vector<float, AtLine<float>> panels;  // a constant as the other factor's backward pass reads it: [matrix][k / 16][line][16]
  Buffer columns;             // a constant as the forward pass reads it, in place of `packed`: [matrix][line / 16][k][16]
};

/// Factor `which` of a product of `batch` matrices, made ready: a is [m][k] and b [k][n] unless they are transposed.
Factor readFactor(Maker& maker, int which, int64_t batch, int64_t lines, int64_t k, bool isTransposed);

/// Packs factor `which`, if it is constant, in panels for the backward pass of the other one.
void packPanels(Maker& maker, int which, Factor& factor, const Factor& other, int64_t k);

/// Packs b in columns for the forward pass, if no pass but that would read it as it is packed.
void packColumns(Factor& factor, int64_t k);

}  // namespace agon
