#pragma once
#include <agon/program.h>

#include <string>

namespace agon {

constexpr int32_t kindCount = static_cast<int32_t>(Kind::LogSumExp) + 1;

/// An instruction while it is being made ready: checks that throw AGON_INTERNAL with its number, and access to what it refers to.
class Maker {
 public:
  Maker(Program& program, int32_t index, std::vector<uint8_t>& constantsInUse);

  Instruction& instruction() const { return program_.instructions[index_]; }
  int32_t index() const { return index_; }
  void expect(bool holds, const std::string& what) const;
  /// That the instruction refers to values that exist.
  void expectIds() const;
  /// Number of inputs, outputs, ints, numbers and tables; absent trailing inputs are allowed down to fewestInputs.
  void expectCounts(size_t fewestInputs, size_t mostInputs, size_t ints, size_t numbers, size_t tables) const;
  bool has(size_t input) const;
  int64_t inputSize(size_t input) const;
  int64_t outputSize() const;
  int32_t positive(size_t which) const;  // ints[which] >= 1
  std::vector<int32_t> table(size_t which, int64_t size, int64_t lowest, int64_t limit) const;  // moved out
  std::vector<int32_t> tableOrIdentity(size_t which, int64_t size, int64_t limit) const;        // empty stays empty
  std::vector<int32_t> offsets(size_t which, int64_t count, int64_t last) const;
  bool isConstant(size_t input) const;
  /// Contents of a constant input, which is not kept unless keepConstant is called.
  const std::vector<float>& constant(size_t input, int64_t size) const;
  void keepConstant(size_t input) const;

 private:
  Program& program_;
  int32_t index_;
  std::vector<uint8_t>& constantsInUse_;
};

}  // namespace agon
