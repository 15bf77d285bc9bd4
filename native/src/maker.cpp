#include "maker.h"

#include <agon/error.h>

#include <algorithm>
#include <iterator>

namespace agon {

namespace {

/// In the order of Kind.
constexpr const char* kindNames[] = {
    "Alias", "Gather", "Concat", "Sum", "Max", "MaxShare", "Conv", "ConvTranspose", "MatMul", "Unary", "Binary",
    "Select", "Affine", "Normalize", "Lrn", "Softmax", "LogSoftmax", "Lookup", "Detach", "Through", "Rectify",
    "LogSumExp"};
static_assert(std::size(kindNames) == kindCount);

std::string nameOf(Kind kind) {
  const int32_t k = static_cast<int32_t>(kind);
  return k >= 0 && k < kindCount ? kindNames[k] : "kind " + std::to_string(k);
}

}  // namespace

Maker::Maker(Program& program, int32_t index, std::vector<uint8_t>& constantsInUse)
    : program_(program), index_(index), constantsInUse_(constantsInUse) {}

void Maker::expect(bool holds, const std::string& what) const {
  if (holds) return;
  throw Error("AGON_INTERNAL", "instruction " + std::to_string(index_) + " (" + nameOf(instruction().kind) + "): expected " + what);
}

void Maker::expectCounts(size_t fewestInputs, size_t mostInputs, size_t ints, size_t numbers, size_t tables) const {
  const Instruction& it = instruction();
  expect(it.inputs.size() >= fewestInputs && it.inputs.size() <= mostInputs, std::to_string(fewestInputs) + " to " + std::to_string(mostInputs) + " inputs");
  for (size_t i = 0; i < fewestInputs; i++) expect(has(i), "an input " + std::to_string(i));
  expect(it.outputs.size() == 1, "1 output");
  expect(it.ints.size() >= ints, std::to_string(ints) + " ints");
  expect(it.numbers.size() >= numbers, std::to_string(numbers) + " numbers");
  expect(it.tables.size() >= tables, std::to_string(tables) + " tables");
}

void Maker::expectIds() const {
  const int32_t values = static_cast<int32_t>(program_.values.size());
  for (const int32_t value : instruction().inputs) expect(value >= -1 && value < values, "input ids of values");
  for (const int32_t value : instruction().outputs) expect(value >= 0 && value < values, "output ids of values");
}

bool Maker::has(size_t input) const { return input < instruction().inputs.size() && instruction().inputs[input] >= 0; }
int64_t Maker::inputSize(size_t input) const { return program_.values[instruction().inputs[input]].size; }
int64_t Maker::outputSize() const { return program_.values[instruction().outputs[0]].size; }

int32_t Maker::positive(size_t which) const {
  expect(instruction().ints[which] >= 1, "ints[" + std::to_string(which) + "] >= 1");
  return instruction().ints[which];
}

std::vector<int32_t> Maker::table(size_t which, int64_t size, int64_t lowest, int64_t limit) const {
  auto& entries = instruction().tables[which];
  const std::string name = "tables[" + std::to_string(which) + "]";
  expect(size < 0 || static_cast<int64_t>(entries.size()) == size, name + " of " + std::to_string(size) + " entries, found " + std::to_string(entries.size()));
  for (const int32_t entry : entries)
    if (entry < lowest || entry >= limit)
      expect(false, name + " entries in " + std::to_string(lowest) + " .. " + std::to_string(limit - 1) + ", found " + std::to_string(entry));
  return std::move(entries);
}

std::vector<int32_t> Maker::tableOrIdentity(size_t which, int64_t size, int64_t limit) const {
  if (instruction().tables.size() <= which || instruction().tables[which].empty()) {
    expect(size == limit, "a table " + std::to_string(which) + " where sizes differ");
    return {};
  }
  return table(which, size, 0, limit);
}

std::vector<int32_t> Maker::offsets(size_t which, int64_t count, int64_t last) const {
  const auto& entries = instruction().tables[which];
  const std::string name = "tables[" + std::to_string(which) + "]";
  expect(!entries.empty() && (count < 0 || static_cast<int64_t>(entries.size()) == count + 1), name + " of " + std::to_string(count + 1) + " offsets");
  expect(entries.front() == 0 && entries.back() == last, name + " from 0 to " + std::to_string(last));
  expect(std::is_sorted(entries.begin(), entries.end()), name + " ascending");
  return std::move(instruction().tables[which]);
}

bool Maker::isConstant(size_t input) const { return !program_.values[instruction().inputs[input]].constant.empty(); }

const std::vector<float>& Maker::constant(size_t input, int64_t size) const {
  const auto& values = program_.values[instruction().inputs[input]].constant;
  expect(static_cast<int64_t>(values.size()) == size, "input " + std::to_string(input) + " constant with " + std::to_string(size) + " values, found " + std::to_string(values.size()));
  return values;
}

void Maker::keepConstant(size_t input) const { constantsInUse_[instruction().inputs[input]] = 1; }

}  // namespace agon
