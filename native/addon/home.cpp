#include "home.h"

#include "cuda.h"
#include "unpack.h"

namespace {

using Kept = std::shared_ptr<const Home>;

Napi::Value external(Napi::Env env, Kept home) {
  return Napi::External<Kept>::New(env, new Kept(std::move(home)), [](Napi::Env, Kept* kept) { delete kept; });
}

int32_t int32Of(const Napi::Value& value, const char* what) {
  if (!value.IsNumber()) throw internalError(value.Env(), std::string(what) + ": not a number");
  return value.As<Napi::Number>().Int32Value();
}

}  // namespace

Napi::Value createPool(const Napi::CallbackInfo& info) {
  try {
    return external(info.Env(), cpuHome(int32Of(info[0], "threads")));
  } catch (const agon::Error& error) {
    throw errorOf(info.Env(), error);
  }
}

Napi::Value openGpu(const Napi::CallbackInfo& info) {
  if (!info[0].IsString()) throw internalError(info.Env(), "library: not a path");
  const int32_t ordinal = int32Of(info[1], "device");
  try {
    const AgonCudaApi& api = openCuda(info[0].As<Napi::String>());
    const AgonCudaDevice device = cudaDevice(api, ordinal);
    auto facts = Napi::Object::New(info.Env());
    facts.Set("name", Napi::String::New(info.Env(), device.name));
    facts.Set("capability", Napi::Number::New(info.Env(), device.capability));
    facts.Set("freeBytes", Napi::Number::New(info.Env(), static_cast<double>(device.freeBytes)));
    facts.Set("home", external(info.Env(), cudaHome(api, ordinal)));
    return facts;
  } catch (const agon::Error& error) {
    throw errorOf(info.Env(), error);
  }
}

const Home& homeOf(const Napi::Value& home) {
  if (!home.IsExternal()) throw internalError(home.Env(), "home: not one");
  return **home.As<Napi::External<Kept>>().Data();
}
