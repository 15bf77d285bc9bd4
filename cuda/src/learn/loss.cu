#include <cmath>

#include "step.h"

namespace agon::cuda {

namespace {

/// Log softmax at the label in float64; one example is one thread's.
struct ExampleLoss {
  View logits;
  const int32_t* labels;
  int64_t size;
  double *loss, *largest, *power;
  int32_t* correct;
  AGON_HD void operator()(int64_t n) const {
    const auto example = static_cast<int32_t>(n);
    int64_t winner = 0;
    float most = logits.at(0, example);
    for (int64_t k = 1; k < size; k++) {
      const float z = logits.at(k, example);
      if (!(z > most)) continue;
      most = z;
      winner = k;
    }
    double sum = 0;
    for (int64_t k = 0; k < size; k++) sum += exp(logits.at(k, example) - static_cast<double>(most));
    loss[n] = log(sum) + most - logits.at(labels[n], example);
    largest[n] = most;
    power[n] = sum;
    correct[n] = winner == labels[n];
  }
};

/// softmax - onehot, over the examples of the batch.
struct LossCotangent {
  View logits;
  const int32_t* labels;
  const double *largest, *power;
  const uint8_t* wanted;
  float* rows;
  double examples;
  int32_t lanes;
  AGON_HD void operator()(int64_t e, int32_t n) const {
    if (!wanted[e]) return;
    const double share = exp(logits.at(e, n) - largest[n]) / power[n];
    rows[e * lanes + n] = static_cast<float>((share - (e == labels[n] ? 1 : 0)) / examples);
  }
};

}  // namespace

Losses::Losses(Device& device, const int32_t* labels, int64_t examples)
    : device(device), labels(device, examples), correct(device, examples), loss(device, examples), largest(device, examples), power(device, examples) {
  device.upload(this->labels.data(), labels, this->labels.bytes());
}

void Losses::measure(Frame& frame, int64_t first) {
  const int32_t output = frame.graph.output;
  device.each(frame.examples, ExampleLoss{frame.view(output), labels.data() + first, frame.size(output), loss.data() + first, largest.data() + first,
                                          power.data() + first, correct.data() + first});
}

Cotangent Losses::begin(Frame& frame, int64_t first) {
  const int32_t output = frame.graph.output;
  measure(frame, first);
  const Mask& wanted = frame.wanted[output];
  Cotangent at{Floats(device, frame.size(output) * frame.examples), wanted};
  device.eachRow(frame.size(output), frame.examples,
                 LossCotangent{frame.view(output), labels.data() + first, largest.data() + first, power.data() + first, wanted->data(), at.rows.data(),
                               static_cast<double>(labels.size()), frame.examples});
  return at;
}

PassResult Losses::sum() const {
  PassResult result;
  const auto examples = static_cast<double>(labels.size());
  for (const double each : loss.read()) result.loss += each / examples;
  for (const int32_t each : correct.read()) result.correct += each;
  return result;
}

}  // namespace agon::cuda
