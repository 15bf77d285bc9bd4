#pragma once
#include <agon/learner.h>

#include "../arena.h"
#include "../kernels/learn.h"
#include "../operation.h"

namespace agon {

/// Examples of a batch go through the steps in groups of 16, side by side: every element of a value is a row of 16 lanes, one per example, and
/// a value is [group][element][16]. Lanes beyond the last example hold inputs of 0 and cotangents of 0.
constexpr int learnLanes = 16;

/// What the steps of a pass read and write. Values that hold the same numbers share a place.
struct Learning {
  Pool& pool;
  const LearnKernels& kernels;
  int64_t groups = 0;
  std::vector<int64_t> sizes;        // per value
  std::vector<int32_t> place;        // per value
  std::vector<Buffer> data;          // per place; of a constant: its numbers
  std::vector<Buffer> cotangents;    // per place that wants them; of a constant that is fitted: its gradients
  std::vector<uint8_t> isConstant, wants;  // per place

  const float* rows(int32_t value) const { return data[place[value]].data(); }
  float* write(int32_t value) { return data[place[value]].data(); }
  float* cotangent(int32_t value) { return cotangents[place[value]].data(); }
  int64_t groupSize(int32_t value) const { return sizes[value] * learnLanes; }
};

/// One instruction of a program on its way forward and back.
class LearnStep {
 public:
  virtual ~LearnStep() = default;
  virtual void forward(Learning& of) = 0;
  /// The cotangent of the output is there; gives those of the inputs that want one: adds them to what is there where `adds` says so, else writes them.
  virtual void backward(Learning& of) = 0;
  /// True if backward() does not read what forward() wrote, so that a Relu may take its place.
  virtual bool forgetsOutput() const { return false; }
  /// Makes this step, which forgets its output, rectify it; false if it cannot.
  virtual bool rectify() { return false; }
  /// Tells that the output takes the place of the input; only for a Relu.
  virtual void setInPlace(bool /*isRectified*/) {}
  virtual bool isRelu() const { return false; }
  /// For a step whose input was rectified in place and has no other reader: makes it give nothing where its input is not positive; false if it cannot.
  virtual bool rectifyBack() { return false; }
  /// Tells a Relu in place that the reader of its output does its backward pass.
  virtual void setRectifiedBack() {}

  std::vector<int32_t> inputs;
  int32_t output = 0;
  std::vector<uint8_t> gives, adds;  // per input
};

std::unique_ptr<LearnStep> learnGather(Maker&);
std::unique_ptr<LearnStep> learnConcat(Maker&);
std::unique_ptr<LearnStep> learnSum(Maker&);
std::unique_ptr<LearnStep> learnMax(Maker&);
std::unique_ptr<LearnStep> learnConv(Maker&, const LearnKernels&);
std::unique_ptr<LearnStep> learnMatMul(Maker&, const LearnKernels&);
std::unique_ptr<LearnStep> learnUnary(Maker&);
std::unique_ptr<LearnStep> learnBinary(Maker&);
std::unique_ptr<LearnStep> learnAffine(Maker&);

/// A program as steps, and where its values lie. Constants other than parameters get no gradients.
struct LearnPlan {
  std::vector<std::unique_ptr<LearnStep>> steps;
  std::vector<uint8_t> goesBack;  // per step: a cotangent reaches it that somebody wants
};
LearnPlan planLearning(Program& program, const std::vector<Parameter>& parameters, Learning& of);

/// Softmax and cross-entropy of the logits in `of`; leaves the cotangents of the mean loss over `examples`.
PassResult crossEntropy(Learning& of, int32_t output, const int32_t* labels, int64_t examples);

/// Where the numbers of a parameter are.
struct AdamParts {
  float *values, *first, *second;
  const float* gradients;
};

/// One step of Adam over a parameter.
void adamStep(Learning& of, const Adam& adam, bool decays, const AdamParts& parts, int64_t size);

/// The sum of 16 lanes, halves first.
inline float sumOfLanes(const float* row) {
  float half[8];
  for (int l = 0; l < 8; l++) half[l] = row[l] + row[l + 8];
  for (int l = 0; l < 4; l++) half[l] += half[l + 4];
  return (half[0] + half[2]) + (half[1] + half[3]);
}

/// The sum over all groups and lanes of what add(group, lanes) adds to the 16 lanes.
template <class Add>
float sumOverBatch(int64_t groups, Add add) {
  alignas(64) float sum[learnLanes] = {};
  for (int64_t g = 0; g < groups; g++) add(g, sum);
  return sumOfLanes(sum);
}

/// How n things are split into pieces of at most `most`, as even as they can be: pieces, and where each begins.
inline int64_t piecesOf(int64_t n, int64_t most) { return (n + most - 1) / most; }
inline int64_t pieceBegin(int64_t n, int64_t pieces, int64_t piece) { return n * piece / pieces; }

}  // namespace agon
