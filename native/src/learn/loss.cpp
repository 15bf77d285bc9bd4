#include <algorithm>
#include <cmath>

#include "step.h"

namespace agon {

namespace {

/// log softmax at `label` of the logits at z, z + 16, ... in float64, and softmax - onehot over `examples` to dz. Adds to the result.
void learnExample(const float* z, float* dz, int64_t logits, int32_t label, double examples, std::vector<double>& power, PassResult& result) {
  int64_t largest = 0;
  for (int64_t k = 1; k < logits; k++)
    if (z[k * learnLanes] > z[largest * learnLanes]) largest = k;
  const double most = z[largest * learnLanes];
  double sum = 0;
  for (int64_t k = 0; k < logits; k++) sum += power[k] = std::exp(z[k * learnLanes] - most);
  for (int64_t k = 0; k < logits; k++) dz[k * learnLanes] = static_cast<float>((power[k] / sum - (k == label ? 1 : 0)) / examples);
  result.loss += (std::log(sum) + most - z[label * learnLanes]) / examples;
  result.correct += largest == label;
}

}  // namespace

PassResult crossEntropy(Learning& of, int32_t output, const int32_t* labels, int64_t examples) {
  PassResult result;
  const int64_t logits = of.sizes[output];
  std::vector<double> power(logits);
  const bool isWanted = of.wants[of.place[output]];
  std::vector<float> unwanted(isWanted ? 0 : logits * learnLanes);
  for (int64_t g = 0; g < of.groups; g++) {
    const float* z = of.rows(output) + g * of.groupSize(output);
    float* dz = isWanted ? of.cotangent(output) + g * of.groupSize(output) : unwanted.data();
    std::fill(dz, dz + logits * learnLanes, 0.0f);
    for (int64_t l = 0; l < learnLanes; l++) {
      const int64_t n = g * learnLanes + l;
      if (n < examples) learnExample(z + l, dz + l, logits, labels[n], static_cast<double>(examples), power, result);
    }
  }
  return result;
}

}  // namespace agon
