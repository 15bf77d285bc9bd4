#include "unpack.h"

#include <agon/pages.h>

Napi::Error internalError(Napi::Env env, const std::string& text) { return errorOf(env, agon::Error("AGON_INTERNAL", text)); }

Napi::Error errorOf(Napi::Env env, const agon::Error& error) {
  auto made = Napi::Error::New(env, error.what());
  made.Set("code", Napi::String::New(env, error.code()));
  return made;
}

namespace {

template <typename Array>
Array arrayOf(const Napi::Value& value, napi_typedarray_type type, const char* what) {
  if (!value.IsTypedArray() || value.As<Napi::TypedArray>().TypedArrayType() != type) {
    throw internalError(value.Env(), std::string(what) + ": not a typed array of the right kind");
  }
  return value.As<Array>();
}

template <typename Array>
Array arrayOf(const Napi::Value& value, napi_typedarray_type type, int64_t size, const char* what) {
  auto array = arrayOf<Array>(value, type, what);
  if (static_cast<int64_t>(array.ElementLength()) == size) return array;
  throw internalError(value.Env(), std::string(what) + ": expected " + std::to_string(size) + " elements, found " +
                                       std::to_string(array.ElementLength()));
}

bool absent(const Napi::Value& value) { return value.IsNull() || value.IsUndefined(); }

Napi::Array listOf(const Napi::Value& value, const char* what) {
  if (!value.IsArray()) throw internalError(value.Env(), std::string(what) + ": not an array");
  return value.As<Napi::Array>();
}

int32_t int32Of(const Napi::Value& value, const char* what) {
  if (!value.IsNumber()) throw internalError(value.Env(), std::string(what) + ": not a number");
  return value.As<Napi::Number>().Int32Value();
}

agon::Instruction instructionOf(const Napi::Object& from) {
  agon::Instruction instruction;
  instruction.kind = static_cast<agon::Kind>(int32Of(from.Get("kind"), "kind of an instruction"));
  instruction.inputs = int32sOf(from.Get("inputs"), "inputs of an instruction");
  instruction.outputs = int32sOf(from.Get("outputs"), "outputs of an instruction");
  instruction.ints = int32sOf(from.Get("ints"), "ints of an instruction");
  instruction.numbers = floatsOf(from.Get("numbers"), "numbers of an instruction");
  auto tables = listOf(from.Get("tables"), "tables of an instruction");
  for (uint32_t t = 0; t < tables.Length(); t++) {
    Napi::HandleScope scope(from.Env());
    instruction.tables.push_back(int32sOf(tables.Get(t), "table of an instruction"));
  }
  return instruction;
}

}  // namespace

std::vector<float> floatsOf(const Napi::Value& value, const char* what) {
  if (absent(value)) return {};
  auto array = arrayOf<Napi::Float32Array>(value, napi_float32_array, what);
  std::vector<float> floats;
  floats.reserve(array.ElementLength());
  agon::wantHugePages(floats.data(), array.ByteLength());
  floats.assign(array.Data(), array.Data() + array.ElementLength());
  return floats;
}

std::vector<int32_t> int32sOf(const Napi::Value& value, const char* what) {
  if (absent(value)) return {};
  auto array = arrayOf<Napi::Int32Array>(value, napi_int32_array, what);
  return {array.Data(), array.Data() + array.ElementLength()};
}

float* floatsIn(const Napi::Value& value, int64_t size, const char* what) {
  auto array = arrayOf<Napi::Float32Array>(value, napi_float32_array, size, what);
  agon::wantHugePages(array.Data(), array.ByteLength());
  return array.Data();
}

double* doublesIn(const Napi::Value& value, int64_t size, const char* what) {
  return arrayOf<Napi::Float64Array>(value, napi_float64_array, size, what).Data();
}

int32_t* int32sIn(const Napi::Value& value, int64_t size, const char* what) {
  return arrayOf<Napi::Int32Array>(value, napi_int32_array, size, what).Data();
}

agon::Program programOf(const Napi::Object& from) {
  agon::Program program;
  program.input = int32Of(from.Get("input"), "input of a program");
  program.output = int32Of(from.Get("output"), "output of a program");
  auto constants = listOf(from.Get("constants"), "constants of a program");
  auto sizes = arrayOf<Napi::Float64Array>(from.Get("sizes"), napi_float64_array, constants.Length(), "sizes of a program");
  for (uint32_t v = 0; v < constants.Length(); v++) {
    Napi::HandleScope scope(from.Env());
    program.values.push_back({static_cast<int64_t>(sizes[v]), floatsOf(constants.Get(v), "constant of a program")});
  }
  auto instructions = listOf(from.Get("instructions"), "instructions of a program");
  for (uint32_t i = 0; i < instructions.Length(); i++) {
    Napi::HandleScope scope(from.Env());
    program.instructions.push_back(instructionOf(instructions.Get(i).As<Napi::Object>()));
  }
  return program;
}
