#include "unary-batch.h"

#include <algorithm>

namespace agon {

bool isMask(Function f) { return f == Function::Relu || f == Function::Clip || f == Function::ThresholdedRelu; }

namespace {

/// bits: the lanes whose derivative is 1. Values may be overwritten, so derivatives come first.
void maskedRows(const LaneKernels& kernels, Function f, Parameters of, const float* x, float* y, int64_t begin, int64_t end, uint16_t* bits) {
  if (f == Function::Relu) return kernels.rectify(x + begin * batchLanes, y + begin * batchLanes, end - begin, bits ? bits + begin : nullptr);
  const float low = static_cast<float>(of.p), high = static_cast<float>(of.q);  // parameters are floats
  for (int64_t e = begin; e < end; e++) {
    const float* from = x + e * batchLanes;
    float* to = y + e * batchLanes;
    uint32_t passes = 0;
    if (f == Function::Clip) {
      for (int l = 0; l < batchLanes; l++) passes |= static_cast<uint32_t>(from[l] >= low && from[l] <= high) << l;
      for (int l = 0; l < batchLanes; l++) to[l] = from[l] < low ? low : from[l] > high ? high : from[l];
    } else {
      for (int l = 0; l < batchLanes; l++) passes |= static_cast<uint32_t>(from[l] > low) << l;
      for (int l = 0; l < batchLanes; l++) to[l] = from[l] > low ? from[l] : 0.0f;
    }
    if (bits) bits[e] = static_cast<uint16_t>(passes);
  }
}

void slopedRows(Function f, Parameters of, const float* x, float* y, int64_t begin, int64_t end, float* slopes) {
  for (int64_t i = begin * batchLanes; i < end * batchLanes; i++) {
    const float value = x[i];
    if (slopes) slopes[i] = static_cast<float>(derivative(f, value, of));
    y[i] = static_cast<float>(evaluate(f, value, of));
  }
}

bool anySlope(const float* slopes) {
  return std::any_of(slopes, slopes + batchLanes, [](float slope) { return slope != 0; });
}

}  // namespace

void unaryForwardBatch(Batch& batch, Function f, Parameters of, int32_t in, int32_t out) {
  const int64_t size = batch.size(out);
  const bool wants = isDifferentiable(f) && batch.wants(in);
  const float* x = batch.rows(in);
  float* y = batch.writeOver(out, in);
  uint16_t* bits = wants && isMask(f) ? batch.keepBits(size) : nullptr;
  float* slopes = wants && !isMask(f) ? batch.keepRows(&Local::rowsA, size) : nullptr;
  if (batch.dry) return;
  Mask mask(wants && !batch.frame.inTiles ? size : 0);
  eachElement(batch, size, [&](int64_t begin, int64_t end) {
    if (isMask(f)) {
      maskedRows(batch.kernels, f, of, x, y, begin, end, bits);
    } else {
      slopedRows(f, of, x, y, begin, end, slopes);
    }
    if (!wants || batch.frame.inTiles) return;
    const Mask& wanted = *batch.frame.wanted[in];
    for (int64_t e = begin; e < end; e++) mask[e] = wanted[e] && (bits ? bits[e] != 0 : anySlope(slopes + e * batchLanes));
  });
  if (wants && batch.frame.inTiles) batch.frame.wanted[out] = batch.frame.wanted[in];
  else if (wants) batch.frame.want(out, std::move(mask));
}

void maskForwardFew(Few& few, Function f, Parameters of, int32_t in, int32_t out) {
  const int64_t rows = few.rows(out);
  const float* const x = few.read(in);
  float* const y = few.writeOver(out, in);
  auto* const bits = few.wants(in) ? static_cast<uint16_t*>(few.keep(rows * static_cast<int64_t>(sizeof(uint16_t)))) : nullptr;
  if (few.dry) return;
  eachRow(few, rows, [&](int64_t begin, int64_t end) { maskedRows(few.kernels, f, of, x, y, begin, end, bits); });
}

void maskBackwardFew(Few& few, int32_t in, int32_t out) {
  BlockPtr g = few.take(out);
  if (!few.wants(in)) return;
  BlockPtr to = g.use_count() == 1 ? g : few.cotangentOf(in);
  if (!few.dry) {
    const auto* const bits = static_cast<const uint16_t*>(few.kept());
    eachRow(few, few.rows(in), [&, from = g->data(), into = to->data()](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; i++) few.kernels.keep(into + i * batchLanes, from + i * batchLanes, bits[i]);
    });
  }
  g.reset();
  few.give(in, std::move(to));
}

}  // namespace agon
