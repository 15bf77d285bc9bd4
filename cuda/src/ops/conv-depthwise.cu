// Backward pass of convolutions in which every channel is a group of its own: as many terms as taps, so that memory is what takes time.
#include "conv-depthwise.h"

#include "rounded.h"

namespace agon::cuda {

namespace {

struct DepthwiseAlive {
  DepthwiseTerms of;
  const uint8_t *wanted, *from;
  uint8_t* alive;
  AGON_HD void operator()(int64_t e) const {
    const int32_t channel = of.positionsIn.quotient(e), p = of.positionsIn.rest(e, channel);
    uint8_t any = 0;
    for (int32_t k = of.offsets[p]; wanted[e] && !any && k < of.offsets[p + 1]; k++) any = from[channel * of.positionsOut + of.position[k]];
    alive[e] = any;
  }
};

struct DepthwiseRows {
  DepthwiseTerms of;
  const uint8_t *alive, *from;
  const float* rows;
  Place to;
  Precision precision;
  AGON_HD void operator()(int64_t e, int32_t lane) const {
    if (!alive[e]) return;
    const int32_t channel = of.positionsIn.quotient(e), p = of.positionsIn.rest(e, channel);
    float sum = 0;
    for (int32_t k = of.offsets[p]; k < of.offsets[p + 1]; k++) {
      const int64_t y = channel * of.positionsOut + of.position[k];
      if (from[y]) sum += rounded(of.weights[of.tap[k] * of.channels + channel], precision) * rounded(rows[y * to.lanes + lane], precision);
    }
    to.put(e, lane, sum);
  }
};

}  // namespace

void backwardDepthwise(Walk& walk, int32_t x, int32_t y, const DepthwiseTerms& terms) {
  if (!walk.wants(x)) return;
  Frame& frame = walk.frame;
  const auto alive = frame.mask(x);
  frame.device.each(frame.size(x), DepthwiseAlive{terms, walk.wanted(x), walk.alive(y), alive->data()});
  frame.device.eachRow(frame.size(x), walk.lanes.count(),
                       DepthwiseRows{terms, alive->data(), walk.alive(y), walk.rows(y), walk.place(x), walk.precision});
  walk.settle(x, alive);
}

}  // namespace agon::cuda
