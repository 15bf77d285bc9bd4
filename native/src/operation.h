#pragma once
#include <agon/program.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "arena.h"
#include "kernels/kernels.h"
#include "maker.h"
#include "rows.h"
#include "threads.h"

namespace agon {

class Batch;
class Carrier;
class Few;
class Walk;

/// What the forward pass leaves at one instruction for the backward pass: coefficients, winners, statistics; each operation says what is where.
struct Local {
  std::vector<float> a, b;
  std::vector<int32_t> index;
  /// Of a batch: a bit per lane, and rows of 16 lanes.
  std::vector<uint16_t> bits;
  Buffer rowsA, rowsB;
};

/// One example on its way through the program.
struct Frame {
  const std::vector<Value>& values;
  Pool& pool;
  const Kernels& kernels;
  /// Contents of every value; null where not computed yet.
  std::vector<const float*> data;
  std::vector<Buffer> storage;
  std::vector<Local> locals;
  /// Wanted elements of every value; null = none.
  std::vector<MaskPtr> wanted;
  /// Those of the input before this one, which are taken where they are equal, for recipes made from them to last.
  std::vector<MaskPtr> former;
  /// Where the rows of a walk lie.
  Buffer rows = {};
  /// Of a batch: 1 .. 4, 8 or 16; lane l holds what lane l % distinct holds.
  int distinct = 16;
  /// Convolutions of 3x3 taps go tile by tile where they can: in averaged passes of one label per example, whatever way they are run. In lanes, elements
  /// whose derivative is 0 in all of them are wanted as well: they are few, and the masks of all groups are the same.
  bool inTiles = false;

  int64_t size(int32_t value) const { return values[value].size; }
  /// Memory for a value that an instruction writes; it is kept from example to example.
  float* write(int32_t value);
  /// Says that a value has the contents of another one.
  void alias(int32_t value, int32_t of) { data[value] = data[of]; }
  /// Sets the wanted mask of a value.
  void want(int32_t value, Mask mask);
};

/// One instruction made ready: its tables checked, its weights packed. Immutable, shared by all calls.
class Operation {
 public:
  virtual ~Operation() = default;
  virtual void forward(Frame& frame) const = 0;
  /// After the forward pass of an example and before its first backward pass: fills frame.locals[index] and the wanted masks of the outputs.
  /// Called only if an input is wanted. By default every element of the outputs is wanted.
  virtual void linearize(Frame& frame) const;
  /// Takes the cotangents of the outputs and gives those of the wanted inputs.
  virtual void backward(Walk& walk) const = 0;
  /// True if backward() takes a cotangent whose rows are not made yet, and reads it, or hands it on, position by position.
  virtual bool readsUnmade() const { return false; }
  /// True if element e of the output depends on element e of every input that is computed: what goes back to input `which` is the cotangent times slope()[e],
  /// after linearize; null: 1 wherever the input is wanted.
  virtual bool isElementwise() const { return false; }
  virtual const float* slope(const Frame&, size_t /*which*/) const { return nullptr; }
  /// False if all slopes are null.
  virtual bool hasSlopes() const { return true; }
  /// False if what goes back is no linear function of the cotangents: then those of a sum are not the sum of those of its parts.
  virtual bool isLinear() const { return true; }
  /// After linearize: carries tangents of the first input to the output; null if it cannot.
  virtual std::unique_ptr<Carrier> carrier(const Frame&) const;
  /// Multiplications per label of a backward pass that skips nothing.
  virtual int64_t denseProducts(const Frame& frame) const { return frame.size(outputs[0]); }

  /// True if 16 examples can run in lanes; then the functions below do what forward, linearize and backward do, lane by lane with the same
  /// sums. forwardBatch linearizes at once if an input is wanted. A dry batch must reserve the same memory.
  virtual bool canBatch() const { return false; }
  virtual void forwardBatch(Batch&) const {}
  /// Coefficients that are the same for every example need no other walk.
  virtual void backwardBatch(Walk& walk) const { backward(walk); }
  /// Told of the instruction before this one, where that makes the first input and nobody else reads it.
  virtual void follow(const Operation&) {}
  /// After forwardBatch: the lanes of every element in which a cotangent goes on, if that is all that happens to it; else null.
  virtual const uint16_t* lanesKept(const Frame&) const { return nullptr; }
  /// True if few examples can go through it as few.h has them; then these do what forwardBatch and backwardBatch do, with the same sums. It gives a cotangent
  /// to every input that is wanted.
  virtual bool canFew() const { return false; }
  virtual void forwardFew(Few&) const {}
  virtual void backwardFew(Few&) const {}
  /// Rows per element of the output that forwardByLane keeps for the backward pass.
  virtual int64_t batchRowsKept() const { return 0; }

  int32_t index = 0;
  std::vector<int32_t> inputs, outputs;
  std::vector<uint8_t> hasConstant;  // per input

 protected:
  Local& local(Frame& frame) const { return frame.locals[index]; }
};

std::unique_ptr<Operation> makeAlias(Maker&);
std::unique_ptr<Operation> makeGather(Maker&);
std::unique_ptr<Operation> makeConcat(Maker&);
std::unique_ptr<Operation> makeSum(Maker&);
std::unique_ptr<Operation> makeMax(Maker&);
std::unique_ptr<Operation> makeMaxShare(Maker&);
std::unique_ptr<Operation> makeConv(Maker&);
std::unique_ptr<Operation> makeConvTranspose(Maker&);
std::unique_ptr<Operation> makeMatMul(Maker&);
std::unique_ptr<Operation> makeUnary(Maker&);
std::unique_ptr<Operation> makeBinary(Maker&);
std::unique_ptr<Operation> makeSelect(Maker&);
std::unique_ptr<Operation> makeAffine(Maker&);
std::unique_ptr<Operation> makeNormalize(Maker&);
std::unique_ptr<Operation> makeLrn(Maker&);
std::unique_ptr<Operation> makeSoftmax(Maker&);
std::unique_ptr<Operation> makeLookup(Maker&);
std::unique_ptr<Operation> makeDetach(Maker&);
std::unique_ptr<Operation> makeThrough(Maker&);
std::unique_ptr<Operation> makeRectify(Maker&);
std::unique_ptr<Operation> makeLogSumExp(Maker&);

/// Checks and prepares instruction `index`. Throws AGON_INTERNAL.
std::unique_ptr<Operation> makeOperation(Program& program, int32_t index, std::vector<uint8_t>& constantsInUse);

}  // namespace agon
