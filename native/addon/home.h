#pragma once
#include "core.h"
#include "node-api.h"

/// (threads) -> an opaque home for the constructors of sessions and learners: threads of the CPU.
Napi::Value createPool(const Napi::CallbackInfo& info);
/// (path of the library, device) -> { name, capability, freeBytes, home }: a GPU.
Napi::Value openGpu(const Napi::CallbackInfo& info);

const Home& homeOf(const Napi::Value& home);
