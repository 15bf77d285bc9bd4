#include <cstring>
#include <initializer_list>

#include "lanes.h"

namespace agon {

const LaneKernels& laneKernels(const Kernels& kernels) {
#ifdef AGON_X86_KERNELS
  for (const LaneKernels* each : {&avx512::laneTable, &avx2::laneTable})
    if (std::strcmp(each->name, kernels.name) == 0) return *each;
#endif
  (void)kernels;
  return baseline::laneTable;
}

}  // namespace agon
