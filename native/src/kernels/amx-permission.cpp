#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bricks.h"

namespace agon {

/// The processor has tiles of bfloat16 (CPUID leaf 7, EDX bits 22 and 24), and Linux lets the process have their registers: arch_prctl(ARCH_REQ_XCOMP_PERM,
/// XFEATURE_XTILEDATA), see the kernel's Documentation/arch/x86/xstate.rst.
bool mayUseAmx() {
  static const bool may = [] {
    constexpr unsigned tiles = 1u << 24 | 1u << 22;
    constexpr int request = 0x1023, tileData = 18;
    unsigned a = 0, b = 0, c = 0, d = 0;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (d & tiles) == tiles && syscall(SYS_arch_prctl, request, tileData) == 0;
  }();
  return may;
}

}  // namespace agon
