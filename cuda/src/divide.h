#pragma once
#include <cstdint>

#include "launch.h"

namespace agon::cuda {

/// Division of whole numbers from 0 to below 2^31 by one that is known beforehand: a product and a shift, exact (Granlund and Montgomery 1994, with
/// shift = 31 + ceil(log2 by) and factor = floor(2^shift / by) + 1), where a GPU has no instruction for a division.
class Divider {
 public:
  Divider() = default;
  /// 1 <= by < 2^31.
  explicit Divider(int64_t by) : by_(static_cast<int32_t>(by)), shift_(31) {
    while (by > int64_t{1} << (shift_ - 31)) shift_++;
    factor_ = static_cast<uint32_t>((uint64_t{1} << shift_) / static_cast<uint64_t>(by) + 1);
  }
  AGON_HD int32_t by() const { return by_; }
  AGON_HD int32_t quotient(int64_t n) const { return static_cast<int32_t>(static_cast<uint64_t>(static_cast<uint32_t>(n)) * factor_ >> shift_); }
  AGON_HD int32_t rest(int64_t n, int32_t quotient) const { return static_cast<int32_t>(n) - quotient * by_; }

 private:
  int32_t by_ = 1, shift_ = 31;
  uint32_t factor_ = (uint32_t{1} << 31) + 1;
};

}  // namespace agon::cuda
