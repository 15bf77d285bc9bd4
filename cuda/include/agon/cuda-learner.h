#pragma once
#include <agon/learner.h>

namespace agon::cuda {

/// A program whose constants are fitted on one GPU; what its calls take, give and throw is that of agon::Learner. Parameters, their gradients and Adam's
/// means stay on the device. A batch that is larger than examplesTogether() goes through in pieces of that many, whose gradients are added in order; the number depends on
/// the sizes of the program's values only, so that results are the same bits on every run on one device, whatever memory it has. One call at a time.
class Learner {
 public:
  /// Throws AGON_INTERNAL as agon::Learner does, and for parameters of instructions other than Conv, MatMul and Binary; AGON_UNAVAILABLE where there is
  /// no GPU.
  Learner(Program program, std::vector<Parameter> parameters, int device);
  ~Learner();
  Learner(const Learner&) = delete;
  Learner& operator=(const Learner&) = delete;

  int64_t inputSize() const;
  int64_t outputSize() const;
  int64_t parameterCount() const;
  int64_t parameterSize(int64_t parameter) const;
  int64_t examplesTogether() const;

  /// input: [examples, inputSize]. Leaves the gradients of the mean loss. Throws AGON_OUT_OF_BUDGET where the device has no memory for a piece.
  PassResult pass(const float* input, const int32_t* labels, int64_t examples, const std::atomic<bool>* abort = nullptr);
  void update(const Adam& adam);
  void read(Part part, int64_t parameter, float* out) const;
  void write(Part part, int64_t parameter, const float* in);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace agon::cuda
