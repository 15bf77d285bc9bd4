#include <algorithm>
#include <cstring>

#include "../graph.h"
#include "step.h"

namespace agon {

struct Learner::State {
  std::shared_ptr<Pool> pool;
  std::vector<Parameter> parameters;
  Learning of;
  LearnPlan plan;
  std::vector<Buffer> first, second;  // per parameter
  int32_t input, output;
  int64_t capacity = 0;  // groups that there is memory for

  State(Program& program, std::vector<Parameter> fitted, std::shared_ptr<Pool> shared)
      : pool(std::move(shared)), parameters(std::move(fitted)), of{*pool, learnKernels(kernels()), 0, {}, {}, {}, {}, {}, {}} {
    plan = planLearning(program, parameters, of);
    input = program.input;
    output = program.output;
    of.data.resize(of.place.size());
    of.cotangents.resize(of.place.size());
    for (size_t v = 0; v < program.values.size(); v++) {
      const auto& constant = program.values[v].constant;
      if (constant.empty()) continue;
      of.data[v] = Buffer(static_cast<int64_t>(constant.size()));
      std::copy(constant.begin(), constant.end(), of.data[v].data());
    }
    for (const Parameter& parameter : parameters) {
      first.push_back(zeros(sizeOf(parameter)));
      second.push_back(zeros(sizeOf(parameter)));
      of.cotangents[parameter.value] = zeros(sizeOf(parameter));
    }
  }

  int64_t sizeOf(const Parameter& parameter) const { return of.sizes[parameter.value]; }

  static Buffer zeros(int64_t size) {
    Buffer made(size);
    std::fill(made.data(), made.data() + size, 0.0f);
    return made;
  }

  /// Memory for a batch of so many groups.
  void reserve(int64_t groups) {
    of.groups = groups;
    if (groups <= capacity) return;
    capacity = 0;
    for (size_t v = 0; v < of.place.size(); v++) {
      if (of.isConstant[v] || of.place[v] != static_cast<int32_t>(v)) continue;
      of.data[v] = Buffer();
      of.data[v] = Buffer(groups * of.groupSize(static_cast<int32_t>(v)));
      if (!of.wants[v]) continue;
      of.cotangents[v] = Buffer();
      of.cotangents[v] = Buffer(groups * of.groupSize(static_cast<int32_t>(v)));
    }
    capacity = groups;
  }

  /// [example][element] to [group][element][16].
  void load(const float* from, int64_t examples) {
    float* rows = of.write(input);
    const int64_t size = of.sizes[input];
    pool->each(of.groups, 1, [&](int64_t begin, int64_t end) {
      for (int64_t g = begin; g < end; g++)
        for (int64_t e = 0; e < size; e++)
          for (int64_t l = 0; l < learnLanes; l++) {
            const int64_t n = g * learnLanes + l;
            rows[(g * size + e) * learnLanes + l] = n < examples ? from[n * size + e] : 0.0f;
          }
    });
  }

  Buffer& buffer(Part part, int64_t parameter) {
    const int32_t value = parameters[parameter].value;
    switch (part) {
      case Part::Values: return of.data[value];
      case Part::Gradients: return of.cotangents[value];
      case Part::First: return first[parameter];
      default: return second[parameter];
    }
  }
};

Learner::Learner(Program program, std::vector<Parameter> parameters, std::shared_ptr<Pool> pool)
    : state_(std::make_unique<State>(program, std::move(parameters), std::move(pool))) {}

Learner::~Learner() = default;

int64_t Learner::inputSize() const { return state_->of.sizes[state_->input]; }
int64_t Learner::outputSize() const { return state_->of.sizes[state_->output]; }
int64_t Learner::parameterCount() const { return static_cast<int64_t>(state_->parameters.size()); }
int64_t Learner::parameterSize(int64_t parameter) const { return state_->sizeOf(state_->parameters[parameter]); }

PassResult Learner::pass(const float* input, const int32_t* labels, int64_t examples, const std::atomic<bool>* abort) {
  State& state = *state_;
  Learning& of = state.of;
  if (examples < 1) throw Error("AGON_BAD_INPUT", "batch: expected at least one example");
  for (int64_t n = 0; n < examples; n++)
    if (labels[n] < 0 || labels[n] >= outputSize()) throw Error("AGON_BAD_INPUT", "label: expected 0 .. " + std::to_string(outputSize() - 1) + ", found " + std::to_string(labels[n]));
  state.reserve(piecesOf(examples, learnLanes));
  state.load(input, examples);
  const auto& steps = state.plan.steps;
  for (const auto& step : steps) {
    throwIfAborted(abort);
    step->forward(of);
  }
  const PassResult result = crossEntropy(of, state.output, labels, examples);
  for (size_t s = steps.size(); s-- > 0;) {
    throwIfAborted(abort);
    if (state.plan.goesBack[s]) steps[s]->backward(of);
  }
  return result;
}

void Learner::update(const Adam& adam) {
  State& state = *state_;
  for (int64_t p = 0; p < parameterCount(); p++) {
    const auto at = [&](Part part) { return state.buffer(part, p).data(); };
    adamStep(state.of, adam, state.parameters[p].decays, {at(Part::Values), at(Part::First), at(Part::Second), at(Part::Gradients)}, parameterSize(p));
  }
}

void Learner::read(Part part, int64_t parameter, float* out) const {
  std::memcpy(out, state_->buffer(part, parameter).data(), parameterSize(parameter) * sizeof(float));
}

void Learner::write(Part part, int64_t parameter, const float* in) {
  std::memcpy(state_->buffer(part, parameter).data(), in, parameterSize(parameter) * sizeof(float));
}

}  // namespace agon
