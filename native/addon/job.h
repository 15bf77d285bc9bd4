#pragma once
#include "node-api.h"

#include "runner.h"

#include <agon/session.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>

/// One call of a session on a thread that it has for itself, so that neither the event loop nor node's thread pool waits for it.
class Job : public std::enable_shared_from_this<Job> {
 public:
  using Work = std::function<void(const agon::Control&)>;
  /// Is told on the JavaScript thread how many seconds work took that did not fail.
  using Note = std::function<void(double seconds)>;

  /// Starts `work` and returns `{ promise, abort }`. `outputs` are kept alive until the job has ended: work writes into them.
  /// `progress` is undefined or a function (done, total). The promise is fulfilled with undefined, or rejected with an Error that has a code.
  static Napi::Object start(Napi::Env env, Work work, int64_t memory, const Napi::Value& progress, const Napi::Object& outputs, Note note = nullptr);

  /// Does `work` at once, on the JavaScript thread. Throws the Error that the promise would be rejected with.
  static void runHere(Napi::Env env, const Work& work, int64_t memory, const Note& note);

  void abort() { *aborted_ = true; }

  /// Waits for the thread to end and lets go of it and of all JavaScript values. On the JavaScript thread only.
  void end();

 private:
  struct Message;
  static void receive(Napi::Env env, Napi::Function, Job*, Message* message);
  using Channel = Napi::TypedThreadSafeFunction<Job, Message, receive>;

  void run(const Work& work, int64_t memory);
  void attempt(const Work& work, const agon::Control& control);
  void fail(const std::string& code, const std::string& text);
  void finish();
  void send(Message* message);
  void settle(napi_env env);
  napi_value error(napi_env env) const;

  std::shared_ptr<std::atomic<bool>> aborted_ = std::make_shared<std::atomic<bool>>(false);
  /// Whether somebody listens to progress.
  bool tells_ = false;
  double seconds_ = 0;
  std::string errorCode_, errorText_;
  std::unique_ptr<Runner> runner_;
  Channel channel_;
  Note note_;
  napi_deferred deferred_ = nullptr;
  Napi::ObjectReference outputs_;
  Napi::FunctionReference progress_;
};
