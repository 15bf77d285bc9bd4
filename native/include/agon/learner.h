#pragma once
#include <agon/session.h>

namespace agon {

/// A constant of a program that is fitted.
struct Parameter {
  int32_t value = 0;
  /// Does weight decay apply to it?
  bool decays = false;
};

/// One step of Adam; core/src/learner.ts has the formula.
struct Adam {
  double step = 1, rate = 0, beta1 = 0, beta2 = 0, epsilon = 0, decay = 0;
};

/// What belongs to a parameter: its numbers, their gradients of the last pass, Adam's means of those and of their squares.
enum class Part : int32_t { Values, Gradients, First, Second };

struct PassResult {
  /// Mean cross-entropy in nats, and examples whose first largest logit is their label's.
  double loss = 0;
  int64_t correct = 0;
};

/// A program whose constants are fitted. One call at a time. Results are the same bits for any number of threads: these split what is written, never a sum.
class Learner {
 public:
  /// Kinds: Alias, Gather, Concat, Sum, Max, Conv, MatMul, Unary, Binary, Affine (whose constants are no parameters). Throws AGON_INTERNAL for a program that contradicts itself or holds others.
  Learner(Program program, std::vector<Parameter> parameters, std::shared_ptr<Pool> pool);
  ~Learner();
  int64_t inputSize() const;
  int64_t outputSize() const;
  int64_t parameterCount() const;
  int64_t parameterSize(int64_t parameter) const;

  /// input: [examples, inputSize]. Leaves the gradients of the mean loss. Memory for a batch is kept for the next.
  PassResult pass(const float* input, const int32_t* labels, int64_t examples, const std::atomic<bool>* abort = nullptr);
  void update(const Adam& adam);
  void read(Part part, int64_t parameter, float* out) const;
  void write(Part part, int64_t parameter, const float* in);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace agon
