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

}  // namespace

LearnPlan planLearning(Program& program, const std::vector<Parameter>& parameters, Learning& of) {
  const size_t values = program.values.size(), instructions = program.instructions.size();
  std::vector<uint8_t> unused(values), isFitted(values);
  for (size_t i = 0; i < instructions; i++) Maker(program, static_cast<int32_t>(i), unused).expectIds();
  producersOf(program);
  for (const Parameter& parameter : parameters) {
    const bool isConstant = parameter.value >= 0 && parameter.value < static_cast<int64_t>(values) && !program.values[parameter.value].constant.empty();
    if (!isConstant || isFitted[parameter.value]) throw Error("AGON_INTERNAL", "parameter " + std::to_string(parameter.value) + ": expected a constant, once");
    isFitted[parameter.value] = 1;
  }
  for (const Value& value : program.values) {
    if (value.size < 1) throw Error("AGON_INTERNAL", "program: a value without elements");
    of.sizes.push_back(value.size);
    of.isConstant.push_back(!value.constant.empty());
  }
  of.wants.assign(values, 0);
  const std::vector<int32_t> roots = rootsOf(program);
  std::vector<int32_t> readers(values, 0);
  for (const Instruction& it : program.instructions)
    if (it.kind != Kind::Alias)
      for (const int32_t value : it.inputs)
        if (value >= 0) readers[roots[value]]++;

  LearnPlan plan;
  std::vector<LearnStep*> maker(values, nullptr);  // per root: the step that writes it
  std::vector<uint8_t> isInPlace(values, 0);       // per root: a Relu in place writes it
  std::vector<int32_t> lies = roots;               // where a root lies
  for (size_t i = 0; i < instructions; i++) {
    if (program.instructions[i].kind == Kind::Alias) continue;
    Maker making(program, static_cast<int32_t>(i), unused);
    auto step = makeStep(making, of.kernels);
    step->inputs = program.instructions[i].inputs;
    step->output = program.instructions[i].outputs[0];
    const int32_t root = step->isRelu() ? roots[step->inputs[0]] : -1;
    maker[step->output] = step.get();
    if (root >= 0 && maker[root] && maker[root]->forgetsOutput() && readers[root] == 1 && root != roots[program.output]) {
      lies[step->output] = lies[root];
      step->setInPlace(maker[root]->rectify());
      isInPlace[step->output] = 1;
    }
    const int32_t read = step->inputs.size() == 1 ? roots[step->inputs[0]] : -1;
    if (read >= 0 && isInPlace[read] && readers[read] == 1 && read != roots[program.output] && step->rectifyBack()) maker[read]->setRectifiedBack();
    plan.steps.push_back(std::move(step));
  }
  for (size_t v = 0; v < values; v++) of.place.push_back(lies[roots[v]]);
  planBackward(plan, of, isFitted, program.output);
  return plan;
}

}  // namespace agon
