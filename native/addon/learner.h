#pragma once
#include "node-api.h"

#include <memory>

/// The learner of JavaScript; lib/learner.ts has checked every argument and makes one call at a time.
class NativeLearner : public Napi::ObjectWrap<NativeLearner> {
 public:
  static Napi::Function define(Napi::Env env);
  /// (program, parameters: Int32Array of pairs value, decays, home)
  explicit NativeLearner(const Napi::CallbackInfo& info);

 private:
  /// (input, labels, out: Float64Array of loss and correct)
  Napi::Value pass(const Napi::CallbackInfo& info);
  /// (Float64Array of step, rate, beta1, beta2, epsilon, decay)
  Napi::Value update(const Napi::CallbackInfo& info);
  /// (part, parameter, array)
  void read(const Napi::CallbackInfo& info);
  void write(const Napi::CallbackInfo& info);
  /// Lets go of all memory; a job in flight keeps it until it has ended.
  void dispose(const Napi::CallbackInfo& info);

  struct Kept;
  /// Throws after dispose() and while a job runs.
  std::shared_ptr<Kept> alive(Napi::Env env) const;
  std::shared_ptr<Kept> kept_;
};
