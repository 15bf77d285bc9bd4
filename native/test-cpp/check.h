#pragma once
#include <agon/functions.h>
#include <agon/learner.h>

#include <cstdio>
#include <random>
#include <string>
#include <vector>

/// A tiny harness: checks count, failures are printed, main() returns how many there were.
namespace check {

inline int failures = 0, passes = 0;

inline void that(bool holds, const std::string& what) {
  if (holds) {
    passes++;
  } else {
    failures++;
    std::printf("FAILED: %s\n", what.c_str());
  }
}

/// The code of the Error that body throws, or "" if it throws none.
template <class Body>
std::string codeOf(Body body) {
  try {
    body();
  } catch (const agon::Error& error) {
    return error.code();
  }
  return "";
}

}  // namespace check

using Random = std::mt19937;

/// Distinct values of about -range .. range, at least range / count apart, shuffled and away from 0: no two elements tie within a finite-difference step.
std::vector<float> spread(size_t count, float range, Random& random);
std::vector<float> normal(size_t count, Random& random);

/// A random program and what it is called.
struct Case {
  std::string name;
  agon::Program program;
  /// Range of its input, and what is added to it (for functions of positive numbers).
  float range = 2, offset = 0;
  /// Of the central differences.
  float step = 4e-3f;
};

/// A program that grows by one instruction at a time.
class Builder {
 public:
  explicit Builder(int64_t inputSize);
  int32_t constant(std::vector<float> values);
  int32_t add(agon::Kind kind, std::vector<int32_t> inputs, int64_t size, std::vector<int32_t> ints = {}, std::vector<float> numbers = {},
              std::vector<std::vector<int32_t>> tables = {});
  /// Convolution of a square picture [channels, side, side].
  int32_t conv(int32_t x, int channelsIn, int side, int channelsOut, int kernel, int stride, int pad, int groups, Random& random);
  int32_t convTranspose(int32_t x, int channelsIn, int side, int channelsOut, int kernel, int stride, int groups, Random& random);
  int32_t unary(agon::Function function, int32_t x);
  int32_t sumPool(int32_t x, int channels, int side, int kernel, int stride);
  int32_t maxPool(int32_t x, int channels, int side, int kernel, int stride);
  int32_t sumWindows(int32_t x, int planes, int strideIn, std::vector<std::vector<int32_t>> windows, std::vector<float> weights);
  int64_t size(int32_t value) const { return program.values[value].size; }
  agon::Program finish(int32_t output);

  agon::Program program;
};

/// One small program per kind and variant.
std::vector<Case> kindCases(Random& random);
/// Convolutions, overlapping pools (of maxima behind Relu, of sums behind a smooth activation), a residual sum, a concat, a mean and a dense layer: [3, 12, 12] -> `labels`.
agon::Program smallNet(int labels, Random& random, agon::Function activation = agon::Function::Relu);

/// What every instruction of a program writes at one input, by value: a forward pass for each.
std::vector<std::vector<float>> everyValue(const agon::Session& session, const agon::Program& program, const float* input);

/// All constants of a program as parameters, every other one with decay.
std::vector<agon::Parameter> constantsOf(const agon::Program& program);

/// The program with steering instructions behind its activations, maxima and sums, which its later instructions read.
agon::Program steered(agon::Program program);

void testBuffers();
void testRegions();
void testScalars();
void testKinds();
void testBf16();
void testInvariance();
void testBands();
void testCuts();
void testContest();
void testRefusals();
void testBatch();
void testSteer();
void testTiles();
void testLearn();
void testKernels();
void testRows();
