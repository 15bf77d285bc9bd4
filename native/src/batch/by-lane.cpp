// Operations whose forward pass is not worth lanes of its own: every lane is run alone, as an example is without a batch.
#include <algorithm>

#include "batch.h"

namespace agon {

namespace {

void takeLane(const float* rows, int64_t count, int lane, float* to) {
  for (int64_t e = 0; e < count; e++) to[e] = rows[e * batchLanes + lane];
}

template <class T>
void putLane(const T* from, int64_t count, int lane, T* rows) {
  for (int64_t e = 0; e < count; e++) rows[e * batchLanes + lane] = from[e];
}

/// Masks of a lane are joined to those of the lanes before it.
void joinMask(MaskPtr& all, const MaskPtr& one) {
  if (!one || all == one) return;
  if (!all) {
    all = one;
    return;
  }
  Mask joined(*all);
  for (size_t e = 0; e < joined.size(); e++) joined[e] |= (*one)[e];
  all = std::make_shared<const Mask>(std::move(joined));
}

/// Moves what linearize left at one lane into the rows of the batch.
void gatherLocal(Batch& batch, int lane) {
  const Local& own = batch.alone.locals[batch.current];
  const auto put = [&](const std::vector<float>& from, Buffer Local::*which) {
    const int64_t count = static_cast<int64_t>(from.size());
    if (count == 0) return;
    Buffer& rows = batch.frame.locals[batch.current].*which;
    putLane(from.data(), count, lane, lane == 0 ? batch.keepRows(which, count) : rows.data());
  };
  put(own.a, &Local::rowsA);
  put(own.b, &Local::rowsB);
  if (own.index.empty()) return;
  const int64_t count = static_cast<int64_t>(own.index.size());
  putLane(own.index.data(), count, lane, lane == 0 ? batch.keepIndex(count) : batch.frame.locals[batch.current].index.data());
}

}  // namespace

void forwardByLane(Batch& batch, const Operation& operation) {
  Frame &frame = batch.frame, &alone = batch.alone;
  std::vector<const float*> from(operation.inputs.size(), nullptr);
  bool wants = false;
  for (size_t i = 0; i < operation.inputs.size(); i++) {
    const int32_t v = operation.inputs[i];
    wants = wants || batch.wants(v);
    if (v >= 0 && !operation.hasConstant[i]) from[i] = batch.rows(v);
  }
  const int32_t out = operation.outputs[0];
  float* y = batch.write(out);
  if (batch.dry) {
    if (wants) batch.kept += batch.size(out) * operation.batchRowsKept() * batchLanes * static_cast<int64_t>(sizeof(float));
    return;
  }
  MaskPtr wanted;
  for (int lane = 0; lane < batchLanes; lane++) {
    for (size_t i = 0; i < from.size(); i++) {
      const int32_t v = operation.inputs[i];
      if (v >= 0) alone.wanted[v] = frame.wanted[v];
      if (from[i]) takeLane(from[i], batch.size(v), lane, alone.write(v));
    }
    operation.forward(alone);
    putLane(alone.data[out], batch.size(out), lane, y);
    if (!wants) continue;
    operation.linearize(alone);
    joinMask(wanted, alone.wanted[out]);
    gatherLocal(batch, lane);
  }
  for (size_t i = 0; i < from.size(); i++)
    if (from[i]) alone.storage[operation.inputs[i]] = Buffer();
  alone.storage[out] = Buffer();
  alone.locals[batch.current] = Local();
  if (wants) frame.wanted[out] = wanted;
}

}  // namespace agon
