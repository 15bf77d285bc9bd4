#pragma once
#include <agon/scalar.h>

#include <cstdint>
#include <cstring>

/// Rounding of the operands of tensor cores. NaN stays NaN.
namespace agon::cuda {

AGON_HD inline uint32_t bitsOf(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

AGON_HD inline float floatOf(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

/// Bits of the nearest float with 10 bits of mantissa, of two the one away from 0.
AGON_HD inline uint32_t tf32Of(float value) {
#ifdef __CUDA_ARCH__
  uint32_t bits;
  asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(bits) : "f"(value));
  return bits;
#else
  return value == value ? (bitsOf(value) + 0x1000u) & 0xffffe000u : 0x7fc00000u;
#endif
}

/// The nearest bfloat16 (7 bits of mantissa), of two the even one.
AGON_HD inline uint16_t bf16Of(float value) {
#ifdef __CUDA_ARCH__
  uint16_t half;
  asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(half) : "f"(value));
  return half;
#else
  const uint32_t bits = bitsOf(value);
  return static_cast<uint16_t>(value == value ? (bits + 0x7fffu + (bits >> 16 & 1)) >> 16 : 0x7fc0u);
#endif
}

}  // namespace agon::cuda
