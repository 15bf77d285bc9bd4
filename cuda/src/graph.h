#pragma once
#include <agon/session.h>

#include "operation.h"

namespace agon::cuda {

/// A program made ready: its constants that are read, its tables and its weights are on the device.
struct Graph {
  std::vector<int64_t> size;
  std::vector<Floats> constants;  // per value; none where not constant, or read by nobody
  std::vector<uint8_t> isConstant;
  std::vector<std::unique_ptr<Operation>> operations;
  std::vector<int32_t> producer;  // per value: its instruction, or -1
  int32_t input, output;
};

/// Checks and prepares a program. Throws AGON_INTERNAL, AGON_OUT_OF_BUDGET.
Graph prepare(Program program, Device& device);

/// Throws AGON_ABORTED if the flag is set.
void throwIfAborted(const std::atomic<bool>* abort);

/// Runs the examples that lie in `input`, [examples, input] on the host, up to and including the instruction that makes `until`.
void runForward(Frame& frame, const float* input, int32_t until, const std::atomic<bool>* abort);

/// After runForward: coefficients and wanted masks of everything between `wrt` and the output.
void linearize(Frame& frame, int32_t wrt, const std::atomic<bool>* abort);

/// out[e * examples + n] = in[n * size + e], or back: rows of a value from examples, or examples from rows.
void turn(Device& device, const float* in, int64_t rows, int64_t columns, float* out);

}  // namespace agon::cuda
