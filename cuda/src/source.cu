#include "source.h"

namespace agon::cuda {

namespace {

/// Marks the labels of a chunk; a label that is not wanted has no cotangent.
struct MarkLabels {
  const int32_t* labels;  // [lanes]
  const uint8_t* wanted;
  uint8_t* alive;
  int32_t lanes;
  AGON_HD void operator()(int64_t e) const {
    alive[e] = 0;
    for (int32_t l = 0; wanted[e] && l < lanes; l++)
      if (labels[l] == e) alive[e] = 1;
  }
};

struct FillLabels {
  const int32_t* labels;
  const uint8_t* alive;
  View logits;
  Lanes lanes;
  bool scaleByLogit;
  float* rows;
  AGON_HD void operator()(int64_t e, int32_t lane) const {
    if (!alive[e]) return;
    const float seed = scaleByLogit ? logits.at(e, lanes.exampleOf(lane)) : 1.0f;
    rows[e * lanes.count() + lane] = labels[lane] == e ? seed : 0.0f;
  }
};

/// Dense cotangents [lanes, size] to rows.
struct FillDense {
  const float* from;
  const uint8_t* wanted;
  float* rows;
  int64_t size;
  int32_t lanes;
  AGON_HD void operator()(int64_t e, int32_t lane) const {
    if (wanted[e]) rows[e * lanes + lane] = from[lane * size + e];
  }
};

struct MarkDense {
  const float* from;
  const uint8_t* wanted;
  uint8_t* alive;
  int64_t size;
  int32_t lanes;
  AGON_HD void operator()(int64_t e) const {
    alive[e] = 0;
    for (int32_t l = 0; wanted[e] && !alive[e] && l < lanes; l++) alive[e] = from[l * size + e] != 0;
  }
};

}  // namespace

Cotangent seedsOf(Frame& frame, const Seeds& seeds, int64_t first, int64_t example, int64_t examples, Lanes lanes) {
  const int32_t output = frame.graph.output, count = lanes.count();
  const int64_t size = frame.size(output);
  const auto alive = frame.mask(output);
  const uint8_t* wanted = frame.wanted[output]->data();
  Cotangent at{Floats(frame.device, size * count), alive};
  if (seeds.dense) {
    const Floats dense(frame.device, size * count);
    for (int32_t n = 0; n < lanes.examples; n++)
      for (int32_t k = 0; k < lanes.labels; k++)
        frame.device.upload(dense.data() + (n * lanes.labels + k) * size, seeds.dense + ((first + k) * examples + example + n) * size, size * 4);
    frame.device.each(size, MarkDense{dense.data(), wanted, alive->data(), size, count});
    frame.device.eachRow(size, count, FillDense{dense.data(), alive->data(), at.rows.data(), size, count});
    return at;
  }
  std::vector<int32_t> chosen;
  for (int32_t n = 0; n < lanes.examples; n++)
    for (int32_t k = 0; k < lanes.labels; k++) chosen.push_back(seeds.labels[(example + n) * seeds.count + first + k]);
  const Ints labels(frame.device, chosen);
  frame.device.each(size, MarkLabels{labels.data(), wanted, alive->data(), count});
  frame.device.eachRow(size, count, FillLabels{labels.data(), alive->data(), frame.view(output), lanes, seeds.scaleByLogit, at.rows.data()});
  return at;
}

}  // namespace agon::cuda
