// Transposed convolution: a convolution whose table is read from the other end and whose weights are [Ci, Co/groups, taps].
#include "conv.h"

namespace agon::cuda {

std::unique_ptr<Operation> makeConvTranspose(const Making& making) { return std::make_unique<Conv>(making, true); }

}  // namespace agon::cuda
