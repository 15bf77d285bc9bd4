#pragma once
#include "../graph.h"

namespace agon {

/// How many instructions at the beginning of a program few examples can go through (see few.h), up to a value through which alone the others read them.
int32_t findTrunk(const Graph& graph);

/// Runs averaged passes of one label for few examples: the trunk as few.h has it, and what follows in lanes.
class FewRun {
 public:
  /// Runs as `caller` says, and where its rows lie.
  FewRun(const Graph& graph, Frame& caller, const Control& control) : graph_(graph), caller_(caller), control_(control) {}

  /// The gradients of examples first .. first + count - 1, whose inputs are given [count, size], to their places in out [examples, size of wrt]; mostFew at
  /// a time. False where the pass is none of these, there are more examples than are worth it, or the budget is too small.
  bool run(const float* input, int64_t first, int64_t count, const Seeds& seeds, int64_t examples, int32_t wrt, float* out);

  /// The forward pass of one example, up to the value `until`. False where that lies in the trunk, or there is none.
  bool forwardOne(const float* input, int32_t until);

 private:
  bool runSome(const float* input, int64_t first, int64_t count, const Seeds& seeds, int64_t examples, int32_t wrt, float* out);
  /// What is the same for every group of so many examples.
  struct Plan {
    std::vector<int32_t> lastUse;
    std::vector<uint8_t> wanted;
    int32_t cut, wrt;
    int64_t floats;
  };
  /// Whether at least half of the products lie in the trunk.
  bool isWorthIt() const;
  void reserve(int64_t floats);
  Plan planFor(int examples, int32_t wrt) const;
  void forward(class Few& few, const float* input) const;
  BlockPtr backward(class Few& few, BlockPtr cotangent, const Plan& plan) const;

  const Graph& graph_;
  Frame& caller_;
  const Control& control_;
};

}  // namespace agon
