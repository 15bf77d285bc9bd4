#include "source.h"

namespace agon::cuda {

namespace {

/// The labels of a chunk by lane.
struct LabelsOfLanes {
  const int32_t* labels;  // [examples, count]
  int64_t count, first;
  Lanes lanes;
  AGON_HD int32_t operator[](int32_t lane) const { return labels[first + (lanes.examples == 1 ? lane : lane / lanes.labels * count + lane % lanes.labels)]; }
};

/// Marks the labels of a chunk; a label that is not wanted has no cotangent.
struct MarkLabels {
  LabelsOfLanes labels;
  const uint8_t* wanted;
  uint8_t* alive;
  AGON_HD void operator()(int64_t e) const {
    alive[e] = 0;
    for (int32_t l = 0; wanted[e] && l < labels.lanes.count(); l++)
      if (labels[l] == e) alive[e] = 1;
  }
};

struct FillLabels {
  LabelsOfLanes labels;
  const uint8_t* alive;
  View logits;
  bool scaleByLogit;
  float* rows;
  AGON_HD void operator()(int64_t e, int32_t lane) const {
    if (!alive[e]) return;
    const float seed = scaleByLogit ? logits.at(e, labels.lanes.exampleOf(lane)) : 1.0f;
    rows[e * labels.lanes.count() + lane] = labels[lane] == e ? seed : 0.0f;
  }
};

/// Dense cotangents [labels, examples, size] to rows.
struct FillDense {
  const float* from;
  const uint8_t* alive;
  float* rows;
  int64_t size;
  Lanes lanes;
  AGON_HD void operator()(int64_t e, int32_t lane) const {
    if (alive[e]) rows[e * lanes.count() + lane] = from[lanes.byLabel(lane) * size + e];
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

LabelSource::LabelSource(Frame& frame, const Seeds& seeds, int64_t example, int64_t examples)
    : frame_(frame), seeds_(seeds), example_(example), examples_(examples) {
  if (seeds.dense) return;
  labels_ = Ints(frame.device, frame.examples * seeds.count);
  frame.device.upload(labels_.data(), seeds.labels + example * seeds.count, labels_.bytes());
}

Cotangent LabelSource::chunk(int64_t first, Lanes lanes) const {
  if (seeds_.dense) return denseChunk(first, lanes);
  const int32_t output = frame_.graph.output;
  const int64_t size = frame_.size(output);
  const auto alive = frame_.mask(output);
  Cotangent at{Floats(frame_.device, size * lanes.count()), alive};
  const LabelsOfLanes labels{labels_.data(), seeds_.count, first, lanes};
  frame_.device.each(size, MarkLabels{labels, frame_.wanted[output]->data(), alive->data()});
  frame_.device.eachRow(size, lanes.count(), FillLabels{labels, alive->data(), frame_.view(output), seeds_.scaleByLogit, at.rows.data()});
  return at;
}

Cotangent LabelSource::denseChunk(int64_t first, Lanes lanes) const {
  const int32_t output = frame_.graph.output;
  const int64_t size = frame_.size(output);
  const auto alive = frame_.mask(output);
  Cotangent at{Floats(frame_.device, size * lanes.count()), alive};
  const Floats dense = uploadDense(first, lanes);
  frame_.device.each(size, MarkDense{dense.data(), frame_.wanted[output]->data(), alive->data(), size, lanes.count()});
  frame_.device.eachRow(size, lanes.count(), FillDense{dense.data(), alive->data(), at.rows.data(), size, lanes});
  return at;
}

/// [lanes.labels, lanes.examples, size]: in one piece if the frame holds all examples.
Floats LabelSource::uploadDense(int64_t first, Lanes lanes) const {
  const int64_t size = frame_.size(frame_.graph.output), together = lanes.examples * size;
  Floats dense(frame_.device, lanes.labels * together);
  const float* from = seeds_.dense + (first * examples_ + example_) * size;
  if (lanes.examples == examples_) {
    frame_.device.upload(dense.data(), from, dense.bytes());
  } else {
    for (int64_t k = 0; k < lanes.labels; k++) frame_.device.upload(dense.data() + k * together, from + k * examples_ * size, together * 4);
  }
  return dense;
}

}  // namespace agon::cuda
