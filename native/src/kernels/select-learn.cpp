#include <cstring>
#include <initializer_list>

#include "learn.h"
#include "bricks.h"

namespace agon {

const LearnKernels& learnKernels(const Kernels& kernels) {
#ifdef AGON_AMX_KERNELS
  if (std::strcmp(amx::table().name, kernels.name) == 0) return avx512::learnTable;
#endif
#ifdef AGON_X86_KERNELS
  for (const LearnKernels* each : {&avx512::learnTable, &avx2::learnTable})
    if (std::strcmp(each->name, kernels.name) == 0) return *each;
#endif
#ifdef AGON_ARM64_KERNELS
  if (std::strcmp(neon::learnTable.name, kernels.name) == 0) return neon::learnTable;
#endif
  (void)kernels;
  return baseline::learnTable;
}

}  // namespace agon
