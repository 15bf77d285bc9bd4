#pragma once
#include <cstdint>
#include <string>

namespace agon {

/// Bytes of rows that a thread may keep in the second cache beside what else it reads: three quarters of its share of that cache, half a mebibyte at least or
/// where the system does not say.
int64_t nearBytes();

/// How many are in a list like 0-3,8 of the Linux kernel.
int64_t countOfList(const std::string& list);

/// Bytes of a size like 2048K or 2M of the Linux kernel.
int64_t bytesOfSize(const std::string& size);

}  // namespace agon
