#include "producers.h"

#include <agon/error.h>

#include <string>

namespace agon {

namespace {

[[noreturn]] void contradiction(const std::string& what) { throw Error("AGON_INTERNAL", "program: " + what); }

void checkValues(const Program& program) {
  const int32_t count = static_cast<int32_t>(program.values.size());
  for (int32_t v = 0; v < count; v++) {
    const Value& value = program.values[v];
    if (value.size < 0 || value.size > INT32_MAX) contradiction("value " + std::to_string(v) + " with size " + std::to_string(value.size));
    if (!value.constant.empty() && static_cast<int64_t>(value.constant.size()) != value.size)
      contradiction("constant " + std::to_string(v) + " with " + std::to_string(value.constant.size()) + " of " + std::to_string(value.size) + " values");
  }
  if (program.input < 0 || program.input >= count || program.output < 0 || program.output >= count) contradiction("input or output id out of range");
  if (!program.values[program.input].constant.empty()) contradiction("constant input");
}

void checkIds(const std::vector<int32_t>& ids, int32_t lowest, size_t values, const std::string& of) {
  for (const int32_t v : ids)
    if (v < lowest || v >= static_cast<int64_t>(values)) contradiction(of + " with value id " + std::to_string(v));
}

/// Every value read has been made before: it is the input, a constant, or the output of an earlier instruction.
std::vector<int32_t> producers(const Program& program) {
  std::vector<int32_t> producer(program.values.size(), -1);
  std::vector<uint8_t> made(program.values.size(), 0);
  made[program.input] = 1;
  for (size_t v = 0; v < made.size(); v++)
    if (!program.values[v].constant.empty() || program.values[v].size == 0) made[v] = 1;
  for (size_t i = 0; i < program.instructions.size(); i++) {
    const std::string name = "instruction " + std::to_string(i);
    checkIds(program.instructions[i].inputs, -1, made.size(), name);
    checkIds(program.instructions[i].outputs, 0, made.size(), name);
    for (const int32_t v : program.instructions[i].inputs)
      if (v >= 0 && !made[v]) contradiction(name + " reads value " + std::to_string(v) + " before it is made");
    for (const int32_t v : program.instructions[i].outputs) {
      if (made[v]) contradiction(name + " writes value " + std::to_string(v) + " again");
      made[v] = 1;
      producer[v] = static_cast<int32_t>(i);
    }
  }
  if (!made[program.output]) contradiction("output that nothing makes");
  return producer;
}

}  // namespace

std::vector<int32_t> producersOf(const Program& program) {
  checkValues(program);
  return producers(program);
}

}  // namespace agon
