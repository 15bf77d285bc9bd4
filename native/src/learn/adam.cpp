#include <cmath>

#include "step.h"

namespace agon {

void adamStep(const Adam& adam, bool decays, float* __restrict values, const float* __restrict gradients, float* __restrict first, float* __restrict second,
              int64_t begin, int64_t end) {
  const auto beta1 = static_cast<float>(adam.beta1), beta2 = static_cast<float>(adam.beta2);
  const auto own1 = static_cast<float>(1 - adam.beta1), own2 = static_cast<float>(1 - adam.beta2);
  const auto rise1 = static_cast<float>(1 - std::pow(adam.beta1, adam.step)), rise2 = static_cast<float>(1 - std::pow(adam.beta2, adam.step));
  const auto epsilon = static_cast<float>(adam.epsilon), rate = static_cast<float>(adam.rate);
  const float decay = decays ? static_cast<float>(adam.decay) : 0.0f;
  for (int64_t i = begin; i < end; i++) {
    const float g = gradients[i];
    const float m = beta1 * first[i] + own1 * g, v = beta2 * second[i] + own2 * g * g;
    first[i] = m;
    second[i] = v;
    values[i] -= rate * (m / rise1 / (std::sqrt(v / rise2) + epsilon) + decay * values[i]);
  }
}

}  // namespace agon
