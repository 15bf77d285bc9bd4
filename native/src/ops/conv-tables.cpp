#include "conv-tables.h"

#include <algorithm>
#include <limits>

#include "../kernels/kernels.h"

namespace agon {

ConvTables readConvTables(const Maker& maker, bool isTransposed) {
  maker.expectCounts(2, 3, 6, 0, 3);
  ConvTables op;
  op.groups = maker.positive(0);
  op.channelsIn = maker.positive(1);
  op.channelsOut = maker.positive(2);
  op.positionsIn = maker.positive(3);
  op.positionsOut = maker.positive(4);
  op.taps = maker.positive(5);
  maker.expect(op.channelsIn % op.groups == 0 && op.channelsOut % op.groups == 0, "channels that the groups divide");
  maker.expect(op.channelsIn * op.positionsIn == maker.inputSize(0), "channelsIn * positionsIn = size of the input");
  maker.expect(op.channelsOut * op.positionsOut == maker.outputSize(), "channelsOut * positionsOut = size of the output");
  maker.expect(op.groups * std::max(op.positionsIn, op.positionsOut) <= std::numeric_limits<int32_t>::max(), "groups * positions < 2^31");
  maker.expect(op.groupIn() + planeLanes <= std::numeric_limits<int32_t>::max() / op.taps / op.channelsOut, "fewer than 2^31 weights");
  maker.constant(1, op.taps * op.channelsOut * op.groupIn());
  maker.keepConstant(0);
  const int64_t entries = static_cast<int64_t>(maker.instruction().tables[1].size());
  const int64_t near = isTransposed ? op.positionsIn : op.positionsOut, far = isTransposed ? op.positionsOut : op.positionsIn;
  Taps given;
  given.offsets = maker.offsets(0, near, entries);
  given.tap = maker.table(1, entries, 0, op.taps);
  given.position = maker.table(2, entries, 0, far);
  Taps other = transposed(given, far);
  op.byOutput = isTransposed ? std::move(other) : std::move(given);
  op.byInput = isTransposed ? std::move(given) : std::move(other);
  maker.expect(hasTapsOnce(op.byOutput, op.taps), "every tap at most once at an output position");
  if (maker.has(2)) op.bias = maker.constant(2, op.channelsOut);
  return op;
}

}  // namespace agon
