#include "../graph.h"
#include "step.h"

namespace agon {

namespace {

std::unique_ptr<LearnStep> makeStep(Maker& maker, const LearnKernels& kernels) {
  switch (maker.instruction().kind) {
    case Kind::Gather: return learnGather(maker);
    case Kind::Concat: return learnConcat(maker);
    case Kind::Sum: return learnSum(maker);
    case Kind::Max: return learnMax(maker);
    case Kind::Conv: return learnConv(maker, kernels);
    case Kind::MatMul: return learnMatMul(maker, kernels);
    case Kind::Unary: return learnUnary(maker);
    case Kind::Binary: return learnBinary(maker);
    case Kind::Affine: return learnAffine(maker);
    default: maker.expect(false, "a kind with parameter gradients"); return nullptr;
  }
}

/// The value whose numbers an Alias has.
std::vector<int32_t> rootsOf(Program& program) {
  std::vector<int32_t> root(program.values.size());
  for (size_t v = 0; v < root.size(); v++) root[v] = static_cast<int32_t>(v);
  std::vector<uint8_t> unused(root.size());
  for (size_t i = 0; i < program.instructions.size(); i++) {
    const Instruction& it = program.instructions[i];
    if (it.kind != Kind::Alias) continue;
    const Maker maker(program, static_cast<int32_t>(i), unused);
    maker.expectCounts(1, 1, 0, 0, 0);
    maker.expect(!maker.isConstant(0) && maker.inputSize(0) == maker.outputSize(), "input and output of one size");
    root[it.outputs[0]] = root[it.inputs[0]];
  }
  return root;
}

/// Which cotangents each step gives, and whether it adds to what later steps gave.
void planBackward(LearnPlan& plan, Learning& of, const std::vector<uint8_t>& isFitted, int32_t output) {
  for (const auto& step : plan.steps) {
    step->gives.assign(step->inputs.size(), 0);
    step->adds = step->gives;
    for (size_t i = 0; i < step->inputs.size(); i++) {
      const int32_t value = step->inputs[i];
      if (value < 0) continue;
      step->gives[i] = of.isConstant[of.place[value]] ? isFitted[value] : of.wants[of.place[value]];
      if (step->gives[i]) of.wants[of.place[step->output]] = 1;
    }
  }
  std::vector<uint8_t> begun(of.place.size(), 0);
  begun[of.place[output]] = of.wants[of.place[output]];
  plan.goesBack.assign(plan.steps.size(), 0);
  for (size_t s = plan.steps.size(); s-- > 0;) {
    LearnStep& step = *plan.steps[s];
    plan.goesBack[s] = begun[of.place[step.output]];
    for (size_t i = 0; i < step.inputs.size() && plan.goesBack[s]; i++) {
      if (!step.gives[i]) continue;
      step.adds[i] = begun[of.place[step.inputs[i]]];
      begun[of.place[step.inputs[i]]] = 1;
    }
  }
}

/// Per value: is it fitted? Throws AGON_INTERNAL for parameters that are no constants, or given twice.
std::vector<uint8_t> fittedValues(const Program& program, const std::vector<Parameter>& parameters) {
  std::vector<uint8_t> isFitted(program.values.size());
  for (const Parameter& parameter : parameters) {
    const bool exists = parameter.value >= 0 && parameter.value < static_cast<int64_t>(isFitted.size());
    if (!exists || program.values[parameter.value].constant.empty() || isFitted[parameter.value])
      throw Error("AGON_INTERNAL", "parameter " + std::to_string(parameter.value) + ": expected a constant, once");
    isFitted[parameter.value] = 1;
  }
  return isFitted;
}

void readValues(Program& program, Learning& of) {
  std::vector<uint8_t> unused(program.values.size());
  for (size_t i = 0; i < program.instructions.size(); i++) Maker(program, static_cast<int32_t>(i), unused).expectIds();
  producersOf(program);
  for (const Value& value : program.values) {
    if (value.size < 1) throw Error("AGON_INTERNAL", "program: a value without elements");
    of.sizes.push_back(value.size);
    of.isConstant.push_back(!value.constant.empty());
  }
  of.wants.assign(program.values.size(), 0);
}

/// Finds where values lie while steps are made: a Relu takes the place of what only it reads, and its reader may do its backward pass.
class Placing {
 public:
  explicit Placing(Program& program) : roots_(rootsOf(program)), lies_(roots_), maker_(roots_.size()), isInPlace_(roots_.size()), readers_(roots_.size()) {
    for (const Instruction& it : program.instructions)
      for (const int32_t value : it.inputs)
        if (value >= 0 && it.kind != Kind::Alias) readers_[roots_[value]]++;
    readers_[roots_[program.output]] += 2;  // the loss reads it as well: it is nobody's alone
  }

  void add(LearnStep& step) {
    maker_[step.output] = &step;
    const int32_t root = step.inputs[0] < 0 ? -1 : roots_[step.inputs[0]];
    if (root < 0 || !maker_[root] || readers_[root] != 1) return;
    LearnStep& before = *maker_[root];
    if (isInPlace_[root] && step.rectifyBack()) before.setRectifiedBack();
    if (!step.isRelu() || !before.forgetsOutput()) return;
    lies_[step.output] = lies_[root];
    isInPlace_[step.output] = 1;
    step.setInPlace(before.rectify());
  }

  int32_t placeOf(int32_t value) const { return lies_[roots_[value]]; }

 private:
  std::vector<int32_t> roots_, lies_;
  std::vector<LearnStep*> maker_;  // per root: the step that writes it
  std::vector<uint8_t> isInPlace_;  // per root: a Relu in place writes it
  std::vector<int32_t> readers_;    // per root
};

}  // namespace

LearnPlan planLearning(Program& program, const std::vector<Parameter>& parameters, Learning& of) {
  readValues(program, of);
  const auto isFitted = fittedValues(program, parameters);
  Placing placing(program);
  LearnPlan plan;
  std::vector<uint8_t> unused(program.values.size());
  for (size_t i = 0; i < program.instructions.size(); i++) {
    const Instruction& it = program.instructions[i];
    if (it.kind == Kind::Alias) continue;
    Maker maker(program, static_cast<int32_t>(i), unused);
    const bool takesParameters = it.kind == Kind::Conv || it.kind == Kind::MatMul || it.kind == Kind::Binary;
    for (const int32_t v : it.inputs) maker.expect(takesParameters || v < 0 || !isFitted[v], "parameters of Conv, MatMul and Binary only");
    auto step = makeStep(maker, of.kernels);
    step->inputs = it.inputs;
    step->output = it.outputs[0];
    placing.add(*step);
    plan.steps.push_back(std::move(step));
  }
  for (size_t v = 0; v < program.values.size(); v++) of.place.push_back(placing.placeOf(static_cast<int32_t>(v)));
  planBackward(plan, of, isFitted, program.output);
  return plan;
}

}  // namespace agon
