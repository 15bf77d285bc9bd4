#include "product-kernel.h"

namespace agon::cuda {

template void runProduct<Precision::Fp32>(Device&, const ProductPlace&, bool);

}  // namespace agon::cuda
