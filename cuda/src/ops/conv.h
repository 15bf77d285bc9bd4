#pragma once
#include "../../../native/src/ops/conv-tables.h"
#include "product.h"

namespace agon::cuda {

/// Convolution of either direction.
class Conv : public Operation {
 public:
  Conv(const Making& making, bool isTransposed);
  void forward(Frame& frame) const override;
  void backward(Walk& walk) const override;
  int64_t denseProducts(const Frame&) const override { return products_; }
  int64_t scratchBytes(int64_t) const override { return isDepthwise_ ? shape_.channelsIn * shape_.positionsIn : product_.scratchBytes(); }
  void refresh(Device& device, int input, const float* contents) override;

 private:
  struct Table {
    Ints offsets, tap, position;
  };

  /// Its tables are gone to the device.
  ConvTables shape_;
  bool isTransposed_, isDepthwise_;
  int64_t products_ = 0;
  Floats weights_;  // [tap][channelsOut][groupIn]
  Floats bias_;     // none: 0
  /// Input positions by tap and output position, -1: none; where most would be none, or every channel is by itself, a list.
  Ints dense_;
  Table byOutput_;
  /// Where every channel is by itself.
  Table byInput_;
  /// Where not.
  Product product_;
};

}  // namespace agon::cuda
