#pragma once
#include "batch/run.h"
#include "fold.h"

namespace agon {

/// One call of a contest: runs its examples alone or in lanes and folds them into `out`.
class ContestRun {
 public:
  ContestRun(const Graph& graph, Frame& frame, const float* input, int64_t examples, const ContestRequest& request, const ContestArrays& out,
             const Control& control);

  void alone(int64_t n);
  /// Examples first .. first + count - 1. False if they do not fit the budget or a map is not finite: alone, the error names
  /// label and example.
  bool inLanes(int64_t first, int64_t count);

 private:
  FoldPlace place(int64_t n) const { return {n, examples_, mapSize_, size_, wrt_}; }
  template <class Run>
  void timed(double Trace::*seconds, Run run) const;

  const Graph& graph_;
  const float* const input_;
  const int32_t wrt_;
  /// Elements of the input and of the value that gradients are taken to.
  const int64_t examples_, inputSize_, size_, mapSize_;
  const ContestRequest& request_;
  const Seeds seeds_;
  const ContestArrays& out_;
  const Control& control_;
  Frame& frame_;
  BatchRun batch_;
};

}  // namespace agon
