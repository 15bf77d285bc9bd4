#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace bench {

/// Weights that a pack does not carry: number i is mean + deviation * (the sum of the four bytes of mix(seed + i), made to mean 0 and deviation 1), rounded to
/// float32; scripts/gpu-pack/draw.mjs draws the same numbers. `mix` is the finaliser of MurmurHash3 (Appleby, public domain).
inline uint32_t mix(uint32_t h) {
  h ^= h >> 16;
  h *= 0x85ebca6bu;
  h ^= h >> 13;
  h *= 0xc2b2ae35u;
  return h ^ (h >> 16);
}

inline std::vector<float> draw(int64_t size, uint32_t seed, float mean, float deviation) {
  // Of the sum of four bytes: mean 510, variance 4 (256^2 - 1) / 12 = 21845.
  constexpr double mid = 510, spread = 147.80054127099805;
  std::vector<float> numbers(static_cast<size_t>(size));
  const double scale = static_cast<double>(deviation) / spread;
  for (int64_t i = 0; i < size; i++) {
    const uint32_t h = mix(seed + static_cast<uint32_t>(i));
    const double sum = (h & 255) + (h >> 8 & 255) + (h >> 16 & 255) + (h >> 24);
    numbers[static_cast<size_t>(i)] = static_cast<float>(static_cast<double>(mean) + (sum - mid) * scale);
  }
  return numbers;
}

}  // namespace bench
