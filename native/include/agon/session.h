#pragma once
#include <agon/error.h>
#include <agon/program.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace agon {

class Pool;

/// A pool of `threads` threads (the caller of a call is one of them); 0 = as many as the machine has. Sessions may share it; several calls may use it at once.
std::shared_ptr<Pool> createPool(int threads);
int threadsOf(const Pool& pool);

/// "amx", "avx512" or "avx2" (x86-64), "neon" (arm64) or "baseline": which kernels this process uses. The environment variable AGON_ISA names another that the
/// machine has; throws Error AGON_BAD_OPTION for one that it lacks.
const char* instructionSet();

enum class Choice : int32_t { Auto, Never, Always };

/// Of a backward pass. Bf16: both factors of every product of a convolution or matrix product are rounded to bfloat16, and everything else is float32: their
/// sums, other operations, the combination of units at a waist, the fold. Tf32: likewise, rounded to 10 bits of mantissa; only the core for GPUs has it. The
/// forward pass is float32 in any case. core/src/engine.ts lists the same names.
enum class Precision : int32_t { Fp32, Bf16, Tf32 };

/// How a step is carried out; core/src/plan.ts lists the same names.
enum class Way : int32_t { Move, Skip, Waist, Batch, Meet };

/// What the backward pass of one instruction does at one input. Counts are of one label: multiply that by the labels run.
struct Step {
  /// Multiplications of the entries that are alive and wanted, and those of a dense pass.
  int64_t products = 0, denseProducts = 0;
  /// Elements of the output that carry a cotangent, and all; elements of the inputs that need one, and all.
  int64_t alive = 0, outputs = 0, wanted = 0, inputs = 0;
  /// Time by the clock and labels of all chunks together.
  double seconds = 0;
  int64_t labels = 0;
  Way way = Way::Move;
};

/// Per instruction of a program; filled by calls that are given one. Counts are those of the last example.
struct Trace {
  std::vector<Step> steps;
  double forwardSeconds = 0, foldSeconds = 0;
};

/// Floating-point operations per second of one thread that only multiplies and adds in registers: best of some runs of a millisecond.
double peakFlops();

/// What every call shares. `progress` is called on the calling thread with label passes done and in total; what it throws passes through.
struct Control {
  const std::atomic<bool>* abort = nullptr;
  std::function<void(int64_t done, int64_t total)> progress;
  /// Bytes for cotangents, beyond the weights and the forward pass of one example.
  int64_t memory = int64_t{256} << 20;
  /// What chunks of labels may take in place of that where it does not hold the tables of a pass and the rows of a full chunk; no more where this is less.
  int64_t atMost = 0;
  int64_t budget() const { return memory > atMost ? memory : atMost; }
  /// What is left beside something that a call keeps.
  Control without(int64_t bytes) const {
    Control rest = *this;
    rest.memory -= bytes;
    rest.atMost -= bytes;
    return rest;
  }
  Trace* trace = nullptr;
  /// Whether a contest may carry the units of a narrow value in place of the labels; Auto counts. The maps are the same within rounding.
  Choice waist = Choice::Auto;
  /// Whether a contest may carry tangents of the map's elements forward to a value near the input, where they meet the cotangents of all labels, in place of
  /// carrying every label's cotangents down to the input; Auto counts. The maps are the same within rounding.
  Choice meet = Choice::Auto;
  /// Whether up to 16 examples at a time run in lanes, label after label, where every operation can and the budget allows it; Auto counts. Results are
  /// the same bits. Such a contest has no waist and no meeting, whatever Auto would find; one for which either is Always never runs in lanes.
  Choice batch = Choice::Auto;
  /// Bytes of rows that one step of a backward pass leaves for the next while they are in the cache; 0: every step runs to its end. Results are the same bits.
  int64_t bandBytes = int64_t{128} << 10;
  /// Bytes of rows that stay in the second cache between a step and a reader that reads beside its own positions; 0: what that cache has room for. Results are
  /// the same bits.
  int64_t ringBytes = 0;
  /// Examples never run in lanes in bf16.
  Precision precision = Precision::Fp32;
};

/// What is propagated back: dense cotangents [count, examples, output] or, where `dense` is null, one-hot seeds: labels [examples, count].
struct Seeds {
  int64_t count = 0;
  const float* dense = nullptr;
  const int32_t* labels = nullptr;
  /// One-hot seeds hold the logit in place of 1.
  bool scaleByLogit = false;
  /// The gradients go into a mean of many: a pass of one label per example may add up terms in another order, that of tiles.
  bool averaged = false;
};

/// An axis of one example of the value that gradients are taken to, summed before the labels compete: the value is [outer, extent, inner], a map [outer, inner].
struct SummedAxis {
  int64_t outer = 0, extent = 0, inner = 0;
};

struct ContestRequest {
  /// Only labels and scaleByLogit are looked at.
  Seeds seeds;
  /// The value that gradients are taken to: the input (also as -1), or what an instruction writes.
  int32_t wrt = -1;
  /// [examples, value `wrt`]: what gradients are multiplied by (the value, or the value minus a baseline); null = nothing.
  const float* factor = nullptr;
  /// Null: every element is contested.
  const SummedAxis* sum = nullptr;
  /// [examples, mapCount]: labels whose own maps are kept.
  const int32_t* mapLabels = nullptr;
  int64_t mapCount = 0;
};

/// Where a contest goes: arrays of [examples, map], and maps [mapCount, examples, map].
struct ContestArrays {
  float *best, *runnerUp, *worst, *runnerDown;
  int32_t *bestLabel, *worstLabel;
  float* maps;
};

/// A program made ready to run. All calls are const and may run at the same time on several threads. Every example is run on its own, one after
/// the other or up to 16 in lanes; results are the same bits for any way, chunk size, batch and number of threads. A pass of one label per example
/// whose gradients are averaged adds the terms of some convolutions in another order (ops/conv-tiles.cpp, ops/conv-spread.cpp): the same within rounding.
/// Errors: AGON_INTERNAL (constructor: a program that contradicts itself), AGON_BAD_INPUT (a label or value out of range), AGON_NOT_FINITE,
/// AGON_OUT_OF_BUDGET (with the number of bytes that would do), AGON_ABORTED.
class Session {
 public:
  Session(Program program, std::shared_ptr<Pool> pool);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Elements of a value for one example. Throws for an id out of range.
  int64_t sizeOf(int32_t value) const;

  /// True if every operation can run examples in lanes.
  bool canBatch() const;

  /// input [examples, input] -> out [examples, value `at`].
  void forward(const float* input, int64_t examples, int32_t at, float* out, const Control& control = {}) const;

  /// out [count, examples, value `wrt`]. `wrt` is the input or what an instruction writes. A value that the output does not depend on gives zeros.
  void vjp(const float* input, int64_t examples, const Seeds& seeds, int32_t wrt, float* out, const Control& control = {}) const;

  /// Backward passes of all labels with respect to a value, folded on the fly. Memory does not grow with the number of labels.
  void contest(const float* input, int64_t examples, const ContestRequest& request, const ContestArrays& out,
               const Control& control = {}) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace agon
