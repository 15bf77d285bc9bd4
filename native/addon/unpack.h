#pragma once
#include "node-api.h"

#include <agon/program.h>
#include <agon/session.h>

#include <new>
#include <string>
#include <vector>

/// An Error with a `code`, for facts that contradict each other: lib/ is at fault, not the user.
Napi::Error internalError(Napi::Env env, const std::string& text);
Napi::Error errorOf(Napi::Env env, const agon::Error& error);

/// Calls a core on the JavaScript thread; what it throws goes on as an Error with a code.
template <class Body>
void callCore(Napi::Env env, Body body) {
  try {
    body();
  } catch (const agon::Error& error) {
    throw errorOf(env, error);
  } catch (const std::bad_alloc&) {
    throw errorOf(env, agon::Error("AGON_OUT_OF_BUDGET", "native engine: the machine is out of memory"));
  }
}

/// A copy of the elements of a typed array; of no elements if the value is null or undefined.
std::vector<float> floatsOf(const Napi::Value& value, const char* what);
std::vector<int32_t> int32sOf(const Napi::Value& value, const char* what);
/// The memory of a typed array that must have `size` elements. It is valid while the array is kept alive.
float* floatsIn(const Napi::Value& value, int64_t size, const char* what);
double* doublesIn(const Napi::Value& value, int64_t size, const char* what);
int32_t* int32sIn(const Napi::Value& value, int64_t size, const char* what);

/// lib/addon.ts, Program -> agon::Program.
agon::Program programOf(const Napi::Object& program);
