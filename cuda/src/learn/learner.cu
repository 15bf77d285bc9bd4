#include <agon/cuda-learner.h>

#include <algorithm>

#include "step.h"

namespace agon::cuda {

struct Learner::State {
  Device device;
  std::vector<Parameter> parameters;
  Graph graph;
  int64_t together;
  LearnPlan plan;
  /// Per parameter. Of its values those that are not among the graph's constants.
  std::vector<Floats> values, gradients, first, second;

  State(Program& program, std::vector<Parameter> fitted, int ordinal)
      : device(ordinal), parameters(std::move(fitted)), graph(prepared(program)), together(cuda::examplesTogether(program)) {
    plan = planLearning(program, parameters, device);
    for (const Parameter& parameter : parameters) {
      values.push_back(graph.constants[parameter.value] ? Floats() : Floats(device, program.values[parameter.value].constant));
      for (auto* part : {&gradients, &first, &second}) {
        part->push_back(Floats(device, sizeOf(parameter)));
        device.zero(part->back().data(), part->back().bytes());
      }
    }
  }

  /// The graph takes a program of its own: the plan reads the tables afterwards.
  Graph prepared(Program& program) {
    checkLearning(program, parameters);
    return prepare(program, device);
  }

  int64_t sizeOf(const Parameter& parameter) const { return graph.size[parameter.value]; }

  float* dataOf(Part part, int64_t p) const {
    switch (part) {
      case Part::Values: return values[p] ? values[p].data() : graph.constants[parameters[p].value].data();
      case Part::Gradients: return gradients[p].data();
      case Part::First: return first[p].data();
      default: return second[p].data();
    }
  }

  /// Tells the instructions of parameters that these have changed.
  void refresh() {
    for (size_t i = 0; i < plan.size(); i++)
      for (const Fitting& fitting : plan[i])
        graph.operations[i]->refresh(device, fitting.input, dataOf(Part::Values, static_cast<int64_t>(fitting.parameter)));
  }

  /// Coefficients and wanted masks of everything that a parameter has a part in.
  void linearize(Frame& frame, const std::atomic<bool>* abort) const {
    for (size_t i = 0; i < plan.size(); i++) {
      const Operation& operation = *graph.operations[i];
      throwIfAborted(abort);
      if (wantsAny(frame, operation)) operation.linearize(frame);
      if (!plan[i].empty()) frame.wantAll(operation.outputs[0]);
    }
  }

  static bool wantsAny(const Frame& frame, const Operation& operation) {
    return std::any_of(operation.inputs.begin(), operation.inputs.end(), [&](int32_t v) { return v >= 0 && frame.wanted[v]; });
  }

  void back(Frame& frame, Cotangent seeds, const std::atomic<bool>* abort) {
    Walk walk(frame, {frame.examples, 1}, Precision::Fp32);
    walk.begin(graph.output, std::move(seeds));
    for (size_t i = plan.size(); i-- > 0;) {
      const Operation& operation = *graph.operations[i];
      const int32_t output = operation.outputs[0];
      if (!walk.reached(output)) continue;
      throwIfAborted(abort);
      for (const Fitting& fitting : plan[i]) fitting.gradient->add(walk, gradients[fitting.parameter].data());
      if (wantsAny(frame, operation)) operation.backward(walk);
      walk.drop(output);
    }
  }
};

Learner::Learner(Program program, std::vector<Parameter> parameters, int device)
    : state_(std::make_unique<State>(program, std::move(parameters), device)) {}

Learner::~Learner() = default;

int64_t Learner::inputSize() const { return state_->graph.size[state_->graph.input]; }
int64_t Learner::outputSize() const { return state_->graph.size[state_->graph.output]; }
int64_t Learner::parameterCount() const { return static_cast<int64_t>(state_->parameters.size()); }
int64_t Learner::parameterSize(int64_t parameter) const { return state_->sizeOf(state_->parameters[parameter]); }
int64_t Learner::examplesTogether() const { return state_->together; }

PassResult Learner::pass(const float* input, const int32_t* labels, int64_t examples, const std::atomic<bool>* abort) {
  State& state = *state_;
  if (examples < 1) throw Error("AGON_BAD_INPUT", "batch: expected at least one example");
  for (int64_t n = 0; n < examples; n++)
    if (labels[n] < 0 || labels[n] >= outputSize()) throw Error("AGON_BAD_INPUT", "label: expected 0 .. " + std::to_string(outputSize() - 1) + ", found " + std::to_string(labels[n]));
  state.device.use();
  Losses losses(state.device, labels, examples);
  for (const Floats& gradient : state.gradients) state.device.zero(gradient.data(), gradient.bytes());
  for (int64_t first = 0; first < examples; first += state.together) {
    Frame frame = makeFrame(state.graph, state.device, static_cast<int32_t>(std::min(state.together, examples - first)));
    runForward(frame, input + first * inputSize(), state.graph.output, abort);
    state.linearize(frame, abort);
    if (frame.wanted[state.graph.output]) state.back(frame, losses.begin(frame, first), abort);
    else losses.measure(frame, first);
  }
  return losses.sum();
}

void Learner::update(const Adam& adam) {
  State& state = *state_;
  state.device.use();
  for (int64_t p = 0; p < parameterCount(); p++) {
    const auto at = [&](Part part) { return state.dataOf(part, p); };
    adamStep(state.device, adam, state.parameters[p].decays, {at(Part::Values), at(Part::First), at(Part::Second), at(Part::Gradients)}, parameterSize(p));
  }
  state.refresh();
}

void Learner::read(Part part, int64_t parameter, float* out) const {
  state_->device.use();
  state_->device.download(out, state_->dataOf(part, parameter), parameterSize(parameter) * static_cast<int64_t>(sizeof(float)));
}

void Learner::write(Part part, int64_t parameter, const float* in) {
  state_->device.use();
  state_->device.upload(state_->dataOf(part, parameter), in, parameterSize(parameter) * static_cast<int64_t>(sizeof(float)));
  if (part == Part::Values) state_->refresh();
}

}  // namespace agon::cuda
