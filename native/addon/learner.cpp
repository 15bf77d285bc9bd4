#include "learner.h"

#include "home.h"
#include "job.h"
#include "unpack.h"

#include <atomic>

/// A learner and whether a job has it.
struct NativeLearner::Kept {
  std::unique_ptr<LearnerCore> learner;
  std::atomic<bool> busy{false};
};

namespace {

/// Keeps a flag set until the last copy is gone: with the job, which has been joined when JavaScript hears of its end.
std::shared_ptr<void> hold(std::atomic<bool>& flag) {
  flag = true;
  return {nullptr, [&flag](void*) { flag = false; }};
}

struct Place {
  agon::Part part;
  int64_t parameter;
};

int64_t indexOf(const Napi::Value& value, int64_t count, const char* what) {
  const int64_t index = value.IsNumber() ? value.As<Napi::Number>().Int64Value() : -1;
  if (index < 0 || index >= count) throw internalError(value.Env(), std::string(what) + ": expected 0 .. " + std::to_string(count - 1));
  return index;
}

Place placeOf(const Napi::CallbackInfo& info, const LearnerCore& learner) {
  const auto part = static_cast<agon::Part>(indexOf(info[0], static_cast<int64_t>(agon::Part::Second) + 1, "part"));
  return {part, indexOf(info[1], learner.parameterCount(), "parameter")};
}

std::vector<agon::Parameter> parametersOf(const Napi::CallbackInfo& info) {
  const auto pairs = int32sOf(info[1], "parameters");
  std::vector<agon::Parameter> parameters;
  for (size_t i = 0; i + 1 < pairs.size(); i += 2) parameters.push_back({pairs[i], pairs[i + 1] != 0});
  return parameters;
}

}  // namespace

Napi::Function NativeLearner::define(Napi::Env env) {
  return DefineClass(env, "NativeLearner",
                     {InstanceMethod("pass", &NativeLearner::pass), InstanceMethod("update", &NativeLearner::update), InstanceMethod("read", &NativeLearner::read),
                      InstanceMethod("write", &NativeLearner::write), InstanceMethod("dispose", &NativeLearner::dispose)});
}

NativeLearner::NativeLearner(const Napi::CallbackInfo& info) : Napi::ObjectWrap<NativeLearner>(info) {
  callCore(info.Env(), [&] {
    auto program = programOf(info[0].As<Napi::Object>());
    kept_.reset(new Kept{homeOf(info[2]).learner(std::move(program), parametersOf(info))});
  });
}

std::shared_ptr<NativeLearner::Kept> NativeLearner::alive(Napi::Env env) const {
  if (kept_ == nullptr) throw errorOf(env, agon::Error("AGON_DISPOSED", "learner: used after dispose()"));
  if (kept_->busy) throw internalError(env, "learner: a call while another runs");
  return kept_;
}

void NativeLearner::dispose(const Napi::CallbackInfo&) { kept_.reset(); }

Napi::Value NativeLearner::pass(const Napi::CallbackInfo& info) {
  auto kept = alive(info.Env());
  auto input = floatsOf(info[0], "input");
  auto labels = int32sOf(info[1], "labels");
  if (static_cast<int64_t>(input.size()) != static_cast<int64_t>(labels.size()) * kept->learner->inputSize()) throw internalError(info.Env(), "input: expected an example per label");
  double* out = doublesIn(info[2], 2, "out");
  auto work = [kept, held = hold(kept->busy), input = std::move(input), labels = std::move(labels), out](const agon::Control& control) {
    const auto result = kept->learner->pass(input.data(), labels.data(), static_cast<int64_t>(labels.size()), control.abort);
    out[0] = result.loss;
    out[1] = static_cast<double>(result.correct);
  };
  return Job::start(info.Env(), std::move(work), 0, info.Env().Undefined(), info[2].As<Napi::Object>());
}

Napi::Value NativeLearner::update(const Napi::CallbackInfo& info) {
  auto kept = alive(info.Env());
  const double* given = doublesIn(info[0], 6, "step");
  const agon::Adam adam = {given[0], given[1], given[2], given[3], given[4], given[5]};
  auto work = [kept, held = hold(kept->busy), adam](const agon::Control&) {
    kept->learner->update(adam);
  };
  return Job::start(info.Env(), std::move(work), 0, info.Env().Undefined(), info[0].As<Napi::Object>());
}

void NativeLearner::read(const Napi::CallbackInfo& info) {
  auto kept = alive(info.Env());
  const Place from = placeOf(info, *kept->learner);
  float* array = floatsIn(info[2], kept->learner->parameterSize(from.parameter), "array");
  callCore(info.Env(), [&] { kept->learner->read(from.part, from.parameter, array); });
}

void NativeLearner::write(const Napi::CallbackInfo& info) {
  auto kept = alive(info.Env());
  const Place to = placeOf(info, *kept->learner);
  const float* array = floatsIn(info[2], kept->learner->parameterSize(to.parameter), "array");
  callCore(info.Env(), [&] { kept->learner->write(to.part, to.parameter, array); });
}
