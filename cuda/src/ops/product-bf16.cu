#include "product-kernel.h"

namespace agon::cuda {

template void runProduct<Precision::Bf16>(Device&, const ProductPlace&, bool);

}  // namespace agon::cuda
