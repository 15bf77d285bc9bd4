#pragma once
#include <cmath>
#include <limits>
#include <vector>

namespace bench {

/// What another order of float32 sums may change, as a share of the largest number; cuda/test holds operators to the same.
constexpr double limit = 2e-5;

/// Largest difference over the largest absolute number that was expected; infinite where a number is not finite or none is expected.
inline double relativeError(const float* found, const float* expected, size_t size, double least = 1e-30) {
  double scale = least, worst = 0;
  for (size_t i = 0; i < size; i++) {
    scale = std::fmax(scale, std::fabs(static_cast<double>(expected[i])));
    const double apart = std::fabs(static_cast<double>(found[i]) - static_cast<double>(expected[i]));
    if (!(apart < std::numeric_limits<double>::infinity())) return std::numeric_limits<double>::infinity();
    worst = std::fmax(worst, apart);
  }
  return worst / scale;
}

inline double relativeError(const std::vector<float>& found, const std::vector<float>& expected, double least = 1e-30) {
  return found.size() == expected.size() ? relativeError(found.data(), expected.data(), found.size(), least) : std::numeric_limits<double>::infinity();
}

}  // namespace bench
