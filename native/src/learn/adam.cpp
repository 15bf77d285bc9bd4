#include <algorithm>
#include <cmath>

#include "step.h"

namespace agon {

void adamStep(Learning& of, const Adam& adam, bool decays, const AdamParts& parts, int64_t size) {
  AdamNumbers all = {parts.values, parts.first, parts.second, parts.gradients, 0, static_cast<float>(adam.rate), static_cast<float>(adam.beta1),
                     static_cast<float>(adam.beta2), static_cast<float>(1 - adam.beta1), static_cast<float>(1 - adam.beta2),
                     static_cast<float>(1 - std::pow(adam.beta1, adam.step)), static_cast<float>(1 - std::pow(adam.beta2, adam.step)),
                     static_cast<float>(adam.epsilon), decays ? static_cast<float>(adam.decay) : 0.0f};
  constexpr int64_t block = 16;
  of.pool.each(size / block, 1 << 10, [&](int64_t begin, int64_t end) {
    AdamNumbers piece = all;
    for (float** each : {&piece.values, &piece.first, &piece.second}) *each += begin * block;
    piece.gradients += begin * block;
    piece.count = (end - begin) * block;
    of.kernels.adam(piece);
  });
  const int64_t rest = size % block, from = size - rest;
  if (rest == 0) return;
  // What is left goes the same way, in a block of its own.
  float copy[4][block] = {};
  float* const whole[] = {all.values, all.first, all.second};
  for (int i = 0; i < 3; i++) std::copy_n(whole[i] + from, rest, copy[i]);
  std::copy_n(all.gradients + from, rest, copy[3]);
  all.values = copy[0];
  all.first = copy[1];
  all.second = copy[2];
  all.gradients = copy[3];
  all.count = block;
  of.kernels.adam(all);
  for (int i = 0; i < 3; i++) std::copy_n(copy[i], rest, whole[i] + from);
}

}  // namespace agon
