#pragma once
#include <agon/learner.h>

#include "../graph.h"
#include "../walk.h"

namespace agon::cuda {

/// How the gradient of one parameter of one instruction is made.
class ParameterGradient {
 public:
  virtual ~ParameterGradient() = default;
  /// Adds the gradient, over all examples of the frame, to `out`. The cotangent of the instruction's output is there; lanes are examples.
  virtual void add(const Walk& walk, float* out) const = 0;
};

/// Of input `input` of the instruction, which is a constant. Throws AGON_INTERNAL for an input that is no weight.
std::unique_ptr<ParameterGradient> learnConv(const Making& making, size_t input);
std::unique_ptr<ParameterGradient> learnMatMul(const Making& making, size_t input);
std::unique_ptr<ParameterGradient> learnBinary(const Making& making, size_t input);

/// One input of an instruction that is a parameter.
struct Fitting {
  size_t parameter;
  int32_t input;
  std::unique_ptr<ParameterGradient> gradient;
};

/// Per instruction: its parameters.
using LearnPlan = std::vector<std::vector<Fitting>>;

/// Throws AGON_INTERNAL for kinds that no learner has, and for parameters that are no constants, given twice, or no weights of layers.
void checkLearning(Program& program, const std::vector<Parameter>& parameters);

/// For a program that has passed checkLearning() and prepare(). Moves tables out of the program.
LearnPlan planLearning(Program& program, const std::vector<Parameter>& parameters, Device& device);

/// Examples that go through a program at once: as many as share lanes well, unless their values and cotangents take more than 2 GiB.
int64_t examplesTogether(const Program& program);

/// Cross-entropy of every example of a batch, [examples], on the device.
struct Losses {
  Losses(Device& device, const int32_t* labels, int64_t examples);
  /// Of the logits of the examples first .. first + frame.examples - 1; gives the cotangents of the mean loss of the batch at the elements that are wanted.
  Cotangent begin(Frame& frame, int64_t first);
  /// The same without cotangents.
  void measure(Frame& frame, int64_t first);
  /// Sums over all examples in ascending order.
  PassResult sum() const;

  Device& device;
  Ints labels, correct;
  /// In nats; largest logit; sum of exponentials behind the largest.
  Array<double> loss, largest, power;
};

/// Where the numbers of a parameter are, on the device.
struct AdamParts {
  float *values, *first, *second;
  const float* gradients;
};

/// One step of Adam over a parameter.
void adamStep(Device& device, const Adam& adam, bool decays, const AdamParts& parts, int64_t size);

}  // namespace agon::cuda
