#pragma once
#if defined(__linux__)
#include <sys/mman.h>
#endif

#include <cstddef>
#include <cstdint>

namespace agon {

constexpr size_t hugePage = size_t{2} << 20;

/// Asks the system for huge pages wherever whole ones lie in this memory: it finds and clears them on the first write to each, which takes a small part of
/// the time of as many small pages, and reads all over them wait for fewer translations of addresses. Elsewhere than on Linux it does nothing.
inline void wantHugePages(void* data, size_t bytes) {
#ifdef MADV_HUGEPAGE
  const auto first = (reinterpret_cast<uintptr_t>(data) + hugePage - 1) / hugePage * hugePage;
  const auto end = (reinterpret_cast<uintptr_t>(data) + bytes) / hugePage * hugePage;
  if (first < end) madvise(reinterpret_cast<void*>(first), end - first, MADV_HUGEPAGE);
#else
  (void)data, (void)bytes;
#endif
}

}  // namespace agon
