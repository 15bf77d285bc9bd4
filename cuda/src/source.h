#pragma once
#include "walk.h"

namespace agon::cuda {

/// Labels or dense cotangents of the examples of a frame, at the output. Labels go to the device once; dense cotangents chunk by chunk, each once.
class LabelSource {
 public:
  /// Of the examples `example` .. example + frame.examples - 1 of `examples`. `frame` and `seeds` must outlive the source.
  LabelSource(Frame& frame, const Seeds& seeds, int64_t example, int64_t examples);
  /// The cotangents first .. first + lanes.labels - 1.
  Cotangent chunk(int64_t first, Lanes lanes) const;
  /// On the device, [frame.examples, count]; null for dense cotangents.
  const int32_t* labels() const { return labels_.data(); }
  int64_t count() const { return seeds_.count; }

 private:
  Cotangent denseChunk(int64_t first, Lanes lanes) const;
  Floats uploadDense(int64_t first, Lanes lanes) const;

  Frame& frame_;
  const Seeds& seeds_;
  const int64_t example_, examples_;
  Ints labels_;
};

}  // namespace agon::cuda
