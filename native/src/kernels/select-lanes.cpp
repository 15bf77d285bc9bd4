#include <cstring>
#include <initializer_list>

#include "lanes.h"
#include "bricks.h"

namespace agon {

const LaneKernels& laneKernels(const Kernels& kernels) {
#ifdef AGON_AMX_KERNELS
  if (std::strcmp(amx::table().name, kernels.name) == 0) return avx512::laneTable;
#endif
#ifdef AGON_X86_KERNELS
  for (const LaneKernels* each : {&avx512::laneTable, &avx2::laneTable})
    if (std::strcmp(each->name, kernels.name) == 0) return *each;
#endif
#ifdef AGON_ARM64_KERNELS
  if (std::strcmp(neon::laneTable.name, kernels.name) == 0) return neon::laneTable;
#endif
  (void)kernels;
  return baseline::laneTable;
}

}  // namespace agon
