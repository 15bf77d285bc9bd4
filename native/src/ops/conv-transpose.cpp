// Transposed convolution: a convolution whose table is read from the other end and whose weights are [Ci, Co/groups, taps].
#include "conv.h"

namespace agon {

std::unique_ptr<Operation> makeConvTranspose(Maker& maker) {
  auto op = std::make_unique<ConvOperation>();
  readConv(maker, *op, true);
  const int64_t in = op->groupIn(), out = op->groupOut(), taps = op->taps;
  const auto& w = maker.constant(1, op->channelsIn * out * taps);
  op->pack([&](int64_t co, int64_t ci, int64_t t) { return w[((co / out * in + ci) * out + co % out) * taps + t]; });
  return op;
}

}  // namespace agon
