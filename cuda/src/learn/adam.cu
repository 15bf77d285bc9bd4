#include <cmath>

#include "step.h"

namespace agon::cuda {

namespace {

/// In the order of roundings of the CPU's kernel.
struct AdamNumber {
  AdamParts of;
  float rate, beta1, beta2, own1, own2, rise1, rise2, epsilon, decay;
  AGON_HD void operator()(int64_t i) const {
    const float g = of.gradients[i], w = of.values[i];
    const float m = fmaf(beta1, of.first[i], own1 * g);
    const float v = fmaf(beta2, of.second[i], own2 * g * g);
    of.first[i] = m;
    of.second[i] = v;
    of.values[i] = w - rate * (m / (rise1 * (sqrtf(v / rise2) + epsilon)) + decay * w);
  }
};

}  // namespace

void adamStep(Device& device, const Adam& adam, bool decays, const AdamParts& parts, int64_t size) {
  const auto number = [](double value) { return static_cast<float>(value); };
  device.each(size, AdamNumber{parts, number(adam.rate), number(adam.beta1), number(adam.beta2), number(1 - adam.beta1), number(1 - adam.beta2),
                               number(1 - std::pow(adam.beta1, adam.step)), number(1 - std::pow(adam.beta2, adam.step)), number(adam.epsilon),
                               decays ? number(adam.decay) : 0.0f});
}

}  // namespace agon::cuda
