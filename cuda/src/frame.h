#pragma once
#include <agon/program.h>

#include <memory>

#include "device.h"

namespace agon::cuda {

struct Graph;

/// Numbers of some examples: element e of example n. Constants are the same for all of them.
struct View {
  const float* data = nullptr;
  /// 1, or how many examples there are.
  int32_t examples = 1;
  AGON_HD float at(int64_t e, int32_t n) const { return examples == 1 ? data[e] : data[e * examples + n]; }
  explicit operator bool() const { return data != nullptr; }
};

/// One byte per element of a value: 1 or 0.
using Mask = std::shared_ptr<const Bytes>;

/// What the forward pass leaves at one instruction for the backward pass; each operation says what is where.
struct Local {
  Floats a, b;
  Ints index;
};

/// Some examples on their way through the program, on the device. Row e of a value holds element e of every example.
struct Frame {
  const Graph& graph;
  Device& device;
  int32_t examples = 1;
  /// The input on the host, [examples, size], while a call lasts.
  const float* given = nullptr;
  /// Numbers by value that take the place of computed ones, or null; Session::pin.
  const std::vector<std::vector<float>>* pinned = nullptr;
  /// Contents of every value; no data where not computed yet.
  std::vector<View> data = {};
  std::vector<Floats> storage = {};
  std::vector<Local> locals = {};
  /// Elements whose cotangents are needed for any example; null = none of the value.
  std::vector<Mask> wanted = {};

  int64_t size(int32_t value) const;
  const View& view(int32_t value) const { return data[value]; }
  /// Memory for a value that an instruction writes: [size, of], where `of` is 1 for what is the same for all examples, or how many there are.
  float* write(int32_t value, int32_t of);
  /// For what is made of some values: 1 if all of them are the same for all examples.
  int32_t examplesOf(const std::vector<int32_t>& values) const;
  /// Puts what is pinned, of one example, in the place of what an instruction has written to a value.
  void pin(int32_t value);
  /// Says that a value has the contents of another one.
  void alias(int32_t value, int32_t of) { data[value] = data[of]; }
  /// Memory for a mask of a value.
  std::shared_ptr<Bytes> mask(int32_t value) const { return std::make_shared<Bytes>(device, size(value)); }
  /// Every element of the value is wanted.
  void wantAll(int32_t value);
};

Frame makeFrame(const Graph& graph, Device& device, int32_t examples);

}  // namespace agon::cuda
