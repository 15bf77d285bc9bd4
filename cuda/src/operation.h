#pragma once
#include <memory>
#include <vector>

#include "../../native/src/maker.h"
#include "frame.h"

namespace agon::cuda {

class Walk;

/// One instruction made ready: its tables checked and on the device. Immutable, shared by all calls.
class Operation {
 public:
  virtual ~Operation() = default;
  virtual void forward(Frame& frame) const = 0;
  /// After the forward pass and before the first backward pass: fills frame.locals[index] and the wanted masks of the outputs. Called only if an
  /// input is wanted. By default every element of the outputs is wanted.
  virtual void linearize(Frame& frame) const;
  /// Takes the cotangents of the outputs and gives those of the wanted inputs.
  virtual void backward(Walk& walk) const = 0;
  /// Multiplications per label of a backward pass that skips nothing.
  virtual int64_t denseProducts(const Frame& frame) const { return frame.size(outputs[0]); }
  /// Bytes that backward() takes besides cotangents, for so many lanes.
  virtual int64_t scratchBytes(int64_t lanes) const { (void)lanes; return 0; }
  /// Takes new contents of constant input `input`, in the order of the program, on the device.
  virtual void refresh(Device& device, int input, const float* contents) { (void)device, (void)input, (void)contents; }

  /// False if what goes back is no linear function of the cotangents: then those of a sum are not the sum of those of its parts.
  bool isLinear = true;
  int32_t index = 0;
  std::vector<int32_t> inputs, outputs;

 protected:
  Local& local(Frame& frame) const { return frame.locals[index]; }
};

/// What an operation is made with: the checks of the instruction, and where its tables and weights go.
struct Making {
  Maker& maker;
  Device& device;
};

std::unique_ptr<Operation> makeAlias(const Making&);
std::unique_ptr<Operation> makeGather(const Making&);
std::unique_ptr<Operation> makeConcat(const Making&);
std::unique_ptr<Operation> makeSum(const Making&);
std::unique_ptr<Operation> makeMax(const Making&);
std::unique_ptr<Operation> makeMaxShare(const Making&);
std::unique_ptr<Operation> makeConv(const Making&);
std::unique_ptr<Operation> makeConvTranspose(const Making&);
std::unique_ptr<Operation> makeMatMul(const Making&);
std::unique_ptr<Operation> makeUnary(const Making&);
std::unique_ptr<Operation> makeBinary(const Making&);
std::unique_ptr<Operation> makeSelect(const Making&);
std::unique_ptr<Operation> makeAffine(const Making&);
std::unique_ptr<Operation> makeNormalize(const Making&);
std::unique_ptr<Operation> makeLrn(const Making&);
std::unique_ptr<Operation> makeSoftmax(const Making&);
std::unique_ptr<Operation> makeLookup(const Making&);
std::unique_ptr<Operation> makeDetach(const Making&);
std::unique_ptr<Operation> makeThrough(const Making&);
std::unique_ptr<Operation> makeRectify(const Making&);
std::unique_ptr<Operation> makeLogSumExp(const Making&);

/// Checks and prepares instruction `index`. Throws AGON_INTERNAL.
std::unique_ptr<Operation> makeOperation(Program& program, int32_t index, std::vector<uint8_t>& constantsInUse, Device& device);

}  // namespace agon::cuda
