#include "operation.h"

#include <agon/error.h>

#include <algorithm>
#include <iterator>

#include "tangents.h"

namespace agon {

float* Frame::write(int32_t value) {
  if (storage[value].size() != size(value)) storage[value] = Buffer(size(value));
  data[value] = storage[value].data();
  return storage[value].data();
}

void Frame::want(int32_t value, Mask mask) {
  const bool any = std::find(mask.begin(), mask.end(), 1) != mask.end();
  if (!any) wanted[value] = nullptr;
  else if (former[value] && *former[value] == mask) wanted[value] = former[value];
  else wanted[value] = std::make_shared<const Mask>(std::move(mask));
}

std::unique_ptr<Carrier> Operation::carrier(const Frame&) const { return nullptr; }

void Operation::linearize(Frame& frame) const {
  for (const int32_t output : outputs) frame.want(output, Mask(frame.size(output), 1));
}

namespace {

using Make = std::unique_ptr<Operation> (*)(Maker&);

/// In the order of Kind.
constexpr Make makers[] = {
    makeAlias, makeGather, makeConcat, makeSum, makeMax, makeMaxShare, makeConv, makeConvTranspose, makeMatMul,
    makeUnary, makeBinary, makeSelect, makeAffine, makeNormalize, makeLrn, makeSoftmax, makeSoftmax, makeLookup,
    makeDetach, makeThrough, makeRectify, makeLogSumExp};
static_assert(std::size(makers) == kindCount);

}  // namespace

std::unique_ptr<Operation> makeOperation(Program& program, int32_t index, std::vector<uint8_t>& constantsInUse) {
  Maker maker(program, index, constantsInUse);
  const Instruction& it = maker.instruction();
  const int32_t kind = static_cast<int32_t>(it.kind);
  maker.expect(kind >= 0 && kind < kindCount, "a known kind");
  maker.expectIds();
  auto operation = makers[kind](maker);
  operation->index = index;
  operation->inputs = it.inputs;
  operation->outputs = it.outputs;
  for (const int32_t value : it.inputs) operation->hasConstant.push_back(value >= 0 && !program.values[value].constant.empty());
  return operation;
}

}  // namespace agon
