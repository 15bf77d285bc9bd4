#include <agon/error.h>
#include <agon/session.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "kernels.h"
#include "bricks.h"

namespace agon {

namespace {

/// The kernels that this machine can run, best first.
std::vector<const Kernels*> available() {
  std::vector<const Kernels*> found;
#ifdef AGON_X86_KERNELS
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
#ifdef AGON_AMX_KERNELS
    if (mayUseAmx()) found.push_back(&amx::table());
#endif
    found.push_back(&avx512::table);
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) found.push_back(&avx2::table);
#endif
#ifdef AGON_ARM64_KERNELS
  found.push_back(&neon::table);  // every 64-bit ARM processor has it
#endif
  found.push_back(&baseline::table);
  return found;
}

}  // namespace

const Kernels& kernels() {
  const auto found = available();
  const char* wanted = std::getenv("AGON_ISA");
  if (!wanted || !*wanted) return *found.front();
  std::string names;
  for (const Kernels* each : found) {
    if (std::string(each->name) == wanted) return *each;
    names += (names.empty() ? "" : ", ") + std::string(each->name);
  }
  throw Error("AGON_BAD_OPTION", "AGON_ISA: expected one of " + names + ", found " + wanted);
}

const char* instructionSet() { return kernels().name; }

}  // namespace agon
