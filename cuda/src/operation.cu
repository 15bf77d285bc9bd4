#include "operation.h"

#include <iterator>

namespace agon::cuda {

void Operation::linearize(Frame& frame) const {
  for (const int32_t output : outputs) frame.wantAll(output);
}

namespace {

using Make = std::unique_ptr<Operation> (*)(const Making&);

/// In the order of Kind.
constexpr Make makers[] = {
    makeAlias, makeGather, makeConcat, makeSum, makeMax, makeMaxShare, makeConv, makeConvTranspose, makeMatMul, makeUnary, makeBinary,
    makeSelect, makeAffine, makeNormalize, makeLrn, makeSoftmax, makeSoftmax, makeLookup, makeDetach, makeThrough, makeRectify,
    makeLogSumExp};
static_assert(std::size(makers) == kindCount);

}  // namespace

std::unique_ptr<Operation> makeOperation(Program& program, int32_t index, std::vector<uint8_t>& constantsInUse, Device& device) {
  Maker maker(program, index, constantsInUse);
  const Instruction& it = maker.instruction();
  const int32_t kind = static_cast<int32_t>(it.kind);
  maker.expect(kind >= 0 && kind < kindCount, "a known kind");
  maker.expectIds();
  auto operation = makers[kind]({maker, device});
  operation->isLinear = it.kind != Kind::Rectify;
  operation->index = index;
  operation->inputs = it.inputs;
  operation->outputs = it.outputs;
  return operation;
}

}  // namespace agon::cuda
