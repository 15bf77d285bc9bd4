#include <algorithm>

#include "step.h"

namespace agon::cuda {

namespace {

/// Examples that share lanes well, and bytes that their values and cotangents may take.
constexpr int64_t mostTogether = 256, mostBytes = int64_t{2} << 30;

/// Per value: its parameter, or -1.
std::vector<int32_t> parameterOf(const Program& program, const std::vector<Parameter>& parameters) {
  std::vector<int32_t> which(program.values.size(), -1);
  for (size_t p = 0; p < parameters.size(); p++) {
    const int32_t value = parameters[p].value;
    const bool exists = value >= 0 && value < static_cast<int64_t>(which.size());
    if (!exists || program.values[value].constant.empty() || which[value] >= 0)
      throw Error("AGON_INTERNAL", "parameter " + std::to_string(value) + ": expected a constant, once");
    which[value] = static_cast<int32_t>(p);
  }
  return which;
}

void checkKind(const Maker& maker, bool isFitted) {
  const Instruction& it = maker.instruction();
  const auto isConstant = [&](size_t input) { return maker.has(input) && maker.isConstant(input); };
  switch (it.kind) {
    case Kind::Conv: return maker.expect(!isConstant(0), "an input that is no constant");
    case Kind::MatMul: return maker.expect(isConstant(0) != isConstant(1), "one constant factor");
    case Kind::Binary: return;
    case Kind::Alias:
    case Kind::Gather:
    case Kind::Sum:
    case Kind::Max:
    case Kind::Unary:
    case Kind::Affine: maker.expect(!isConstant(0), "an input that is no constant"); break;
    case Kind::Concat: break;
    default: maker.expect(false, "a kind with parameter gradients");
  }
  maker.expect(!isFitted, "parameters of Conv, MatMul and Binary only");
}

std::unique_ptr<ParameterGradient> makeGradient(const Making& making, size_t input) {
  switch (making.maker.instruction().kind) {
    case Kind::Conv: return learnConv(making, input);
    case Kind::MatMul: return learnMatMul(making, input);
    default: return learnBinary(making, input);
  }
}

}  // namespace

void checkLearning(Program& program, const std::vector<Parameter>& parameters) {
  for (const Value& value : program.values)
    if (value.size < 1) throw Error("AGON_INTERNAL", "program: a value without elements");
  const auto parameter = parameterOf(program, parameters);
  std::vector<uint8_t> unused(program.values.size());
  for (size_t i = 0; i < program.instructions.size(); i++) {
    const Maker maker(program, static_cast<int32_t>(i), unused);
    maker.expectIds();
    const auto& inputs = program.instructions[i].inputs;
    checkKind(maker, std::any_of(inputs.begin(), inputs.end(), [&](int32_t v) { return v >= 0 && parameter[v] >= 0; }));
  }
}

LearnPlan planLearning(Program& program, const std::vector<Parameter>& parameters, Device& device) {
  const auto parameter = parameterOf(program, parameters);
  std::vector<uint8_t> unused(program.values.size());
  LearnPlan plan(program.instructions.size());
  for (size_t i = 0; i < plan.size(); i++) {
    Maker maker(program, static_cast<int32_t>(i), unused);
    const auto& inputs = program.instructions[i].inputs;
    for (size_t input = 0; input < inputs.size(); input++) {
      if (inputs[input] < 0 || parameter[inputs[input]] < 0) continue;
      plan[i].push_back({static_cast<size_t>(parameter[inputs[input]]), static_cast<int32_t>(input), makeGradient({maker, device}, input)});
    }
  }
  return plan;
}

int64_t examplesTogether(const Program& program) {
  int64_t numbers = 0;
  for (const Value& value : program.values)
    if (value.constant.empty()) numbers += value.size;
  // Of every value its numbers, its cotangents and as many numbers that its instruction keeps.
  return std::clamp<int64_t>(mostBytes / (numbers * 3 * static_cast<int64_t>(sizeof(float))), 1, mostTogether);
}

}  // namespace agon::cuda
