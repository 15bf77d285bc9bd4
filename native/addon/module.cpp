#include "home.h"
#include "instance.h"
#include "learner.h"
#include "session.h"
#include "unpack.h"

#include <agon/functions.h>

namespace {

Napi::Array functionNames(Napi::Env env) {
  auto names = Napi::Array::New(env, agon::functionCount);
  for (int32_t f = 0; f < agon::functionCount; f++) names.Set(static_cast<uint32_t>(f), agon::functionNames[f]);
  return names;
}

Napi::Value instructionSet(const Napi::CallbackInfo& info) {
  try {
    return Napi::String::New(info.Env(), agon::instructionSet());
  } catch (const agon::Error& error) {
    throw errorOf(info.Env(), error);
  }
}

Napi::Object init(Napi::Env env, Napi::Object exports) {
  Instance::create(env);
  exports.Set("functions", functionNames(env));
  exports.Set("instructionSet", Napi::Function::New(env, instructionSet, "instructionSet"));
  exports.Set("peakFlops", Napi::Function::New(env, [](const Napi::CallbackInfo& info) { return Napi::Number::New(info.Env(), agon::peakFlops()); }, "peakFlops"));
  exports.Set("createPool", Napi::Function::New(env, createPool, "createPool"));
  exports.Set("openGpu", Napi::Function::New(env, openGpu, "openGpu"));
  exports.Set("NativeSession", NativeSession::define(env));
  exports.Set("NativeLearner", NativeLearner::define(env));
  return exports;
}

}  // namespace

NODE_API_MODULE(agon, init)
