#include "../operation.h"

namespace agon::cuda {

namespace {

[[noreturn]] std::unique_ptr<Operation> unfinished() { throw Error("AGON_INTERNAL", "unfinished"); }

}  // namespace

std::unique_ptr<Operation> makeConv(const Making&) { unfinished(); }
std::unique_ptr<Operation> makeConvTranspose(const Making&) { unfinished(); }
std::unique_ptr<Operation> makeMatMul(const Making&) { unfinished(); }
std::unique_ptr<Operation> makeBinary(const Making&) { unfinished(); }
std::unique_ptr<Operation> makeSelect(const Making&) { unfinished(); }
std::unique_ptr<Operation> makeAffine(const Making&) { unfinished(); }
std::unique_ptr<Operation> makeNormalize(const Making&) { unfinished(); }
std::unique_ptr<Operation> makeLrn(const Making&) { unfinished(); }
std::unique_ptr<Operation> makeSoftmax(const Making&) { unfinished(); }
std::unique_ptr<Operation> makeLookup(const Making&) { unfinished(); }
std::unique_ptr<Operation> makeDetach(const Making&) { unfinished(); }
std::unique_ptr<Operation> makeThrough(const Making&) { unfinished(); }
std::unique_ptr<Operation> makeRectify(const Making&) { unfinished(); }

}  // namespace agon::cuda
