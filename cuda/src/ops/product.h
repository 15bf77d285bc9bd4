#pragma once
#include "lists.h"

namespace agon::cuda {

/// The other factor of a product: weight (block, plane, c, j) is element block * byBlock + plane * byPlane + c * byFrom + j * byTo.
struct Weights {
  View view;
  int64_t byBlock, byPlane, byFrom, byTo;
};

/// Terms by position of x: with k in offsets[p] .. offsets[p+1]-1, lists of position source[k] of y come in with weight block block[k].
struct Terms {
  std::vector<int32_t> offsets, source, block;
};

/// The backward pass of what mixes elements: row (p, plane, j) of x is the sum over the terms k of p in ascending order and, in each, over the items c of list
/// (source[k], plane) of y in ascending order, of weight (block[k], plane, c, j) times row (source[k], plane, c). Both have as many planes. Items of y that are
/// not alive and items of x that are not wanted cost nothing.
class Product {
 public:
  Product() = default;
  Product(Device& device, const Layout& x, const Layout& y, const Terms& terms);
  /// Gives `alpha` times the sums to x, whose rows without any term stay 0.
  void backward(Walk& walk, int32_t x, int32_t y, const Weights& weights, float alpha) const;
  /// Products per label of a pass that skips nothing.
  int64_t denseProducts() const { return products_; }
  int64_t scratchBytes() const { return ListTable::bytes(y_) + ListTable::bytes(x_) + 2 * x_.lists() * x_.items; }

 private:
  struct Table {
    Ints offsets, source, block;
  };
  void cluster(Device& device, const Terms& terms);

  Layout x_ = {}, y_ = {};
  Table terms_;
  /// Where x has few items and positions side by side share sources: terms of stretches of `together` positions. Term k has block[k * together + r] for position r, or -1.
  Table clusters_;
  int32_t together_ = 1;
  int64_t products_ = 0;
};

}  // namespace agon::cuda
