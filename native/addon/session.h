#pragma once
#include "core.h"
#include "job.h"
#include "node-api.h"
#include "pace.h"

#include <memory>

/// How calls are carried out; see agon::Control.
struct Choices {
  agon::Choice waist = agon::Choice::Auto, meet = agon::Choice::Auto, batch = agon::Choice::Auto;
  agon::Control in(agon::Control control, agon::Precision precision = agon::Precision::Fp32) const {
    control.waist = waist;
    control.meet = meet;
    control.batch = batch;
    control.precision = precision;
    return control;
  }
};

/// The session of JavaScript: unpacks typed arrays, starts jobs. Facts only; lib/session.ts has checked every argument.
class NativeSession : public Napi::ObjectWrap<NativeSession> {
 public:
  static Napi::Function define(Napi::Env env);
  /// (program, home, choices)
  explicit NativeSession(const Napi::CallbackInfo& info);

 private:
  /// (input, examples, at, out)
  Napi::Value forward(const Napi::CallbackInfo& info);
  /// (input, examples, seeds, wrt, out, memory, precision, progress); memory 0: the usual
  Napi::Value vjp(const Napi::CallbackInfo& info);
  /// (input, examples, request, out, memory, precision, progress)
  Napi::Value contest(const Napi::CallbackInfo& info);
  /// Lets go of the weights; jobs in flight keep them until they have ended.
  void dispose(const Napi::CallbackInfo& info);

  std::shared_ptr<const Core> alive(Napi::Env env) const;
  /// Starts a job, or does the work of a short call at once and returns undefined.
  Napi::Value start(Napi::Env env, const Pass& pass, Job::Work work, int64_t memory, const Napi::Value& progress, const Napi::Object& outputs);

  std::shared_ptr<const Core> session_;
  Choices choices_;
  const std::shared_ptr<Pace> pace_ = std::make_shared<Pace>();
  int64_t inputSize_ = 0, outputSize_ = 0, instructions_ = 0;
};
