#include "job.h"

#include "instance.h"

#include <chrono>
#include <system_error>

/// What a job tells its JavaScript thread: progress, or that it has ended.
struct Job::Message {
  std::shared_ptr<Job> job;
  bool ended = false;
  int64_t done = 0, total = 0;
};

Napi::Object Job::start(Napi::Env env, Work work, int64_t memory, const Napi::Value& progress, const Napi::Object& outputs, Note note) {
  auto job = std::make_shared<Job>();
  napi_value promise = nullptr;
  if (napi_create_promise(env, &job->deferred_, &promise) != napi_ok) throw Napi::Error::New(env);
  job->channel_ = Channel::New(env, "agon", 0, 1, job.get());
  job->note_ = std::move(note);
  job->outputs_ = Napi::Persistent(outputs);
  job->tells_ = progress.IsFunction();
  if (job->tells_) job->progress_ = Napi::Persistent(progress.As<Napi::Function>());
  Instance::of(env).add(job);
  try {
    job->runner_ = Instance::of(env).takeRunner();
    job->runner_->start([job = job.get(), work = std::move(work), memory] { job->run(work, memory); });
  } catch (const std::system_error& error) {
    job->fail("AGON_INTERNAL", std::string("native engine: no thread could be started: ") + error.what());
    job->finish();
  }

  auto handle = Napi::Object::New(env);
  handle.Set("promise", promise);
  handle.Set("abort", Napi::Function::New(env, [aborted = job->aborted_](const Napi::CallbackInfo&) { *aborted = true; }));
  return handle;
}

void Job::runHere(Napi::Env env, const Work& work, int64_t memory, const Note& note) {
  Job job;
  agon::Control control;
  control.memory = memory;
  job.attempt(work, control);
  Instance::of(env).keep(job.seconds_);
  if (!job.errorCode_.empty()) throw Napi::Error(env, job.error(env));
  note(job.seconds_);
}

/// On the thread of the job. The instance keeps the job alive until it has ended there.
void Job::run(const Work& work, int64_t memory) {
  agon::Control control;
  control.abort = aborted_.get();
  control.memory = memory;
  if (tells_) control.progress = [this](int64_t done, int64_t total) { send(new Message{shared_from_this(), false, done, total}); };
  attempt(work, control);
  finish();
}

void Job::attempt(const Work& work, const agon::Control& control) {
  const auto start = std::chrono::steady_clock::now();
  try {
    work(control);
  } catch (const agon::Error& error) {
    fail(error.code(), error.what());
  } catch (const std::bad_alloc&) {
    fail("AGON_OUT_OF_BUDGET", "native engine: the machine is out of memory");
  } catch (const std::exception& error) {
    fail("AGON_INTERNAL", error.what());
  }
  seconds_ = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void Job::fail(const std::string& code, const std::string& text) {
  errorCode_ = code;
  errorText_ = text;
}

void Job::finish() {
  send(new Message{shared_from_this(), true});
  channel_.Release();
}

void Job::send(Message* message) {
  // The queue has no bound, so a failure means that the JavaScript thread is going away.
  if (channel_.NonBlockingCall(message) != napi_ok) delete message;
}

/// Runs on the JavaScript thread. Plain C calls whose failures are ignored: they fail only while that thread is being terminated.
void Job::receive(Napi::Env env, Napi::Function, Job*, Message* raw) {
  std::unique_ptr<Message> message(raw);
  if (static_cast<napi_env>(env) == nullptr) return;
  Job& job = *message->job;
  if (message->ended) return job.settle(env);
  if (job.progress_.IsEmpty()) return;
  napi_value function = nullptr, global = nullptr, arguments[2] = {};
  napi_get_reference_value(env, job.progress_, &function);
  napi_get_global(env, &global);
  napi_create_int64(env, message->done, &arguments[0]);
  napi_create_int64(env, message->total, &arguments[1]);
  napi_call_function(env, global, function, 2, arguments, nullptr);
}

void Job::settle(napi_env env) {
  napi_value result = nullptr;
  if (runner_) {
    runner_->wait();
    Instance::of(env).giveBack(std::move(runner_));
  }
  if (errorCode_.empty()) {
    if (note_) note_(seconds_);
    napi_get_undefined(env, &result);
    napi_resolve_deferred(env, deferred_, result);
  } else {
    napi_reject_deferred(env, deferred_, error(env));
  }
  end();
  Instance::of(env).remove(shared_from_this());
}

napi_value Job::error(napi_env env) const {
  napi_value result = nullptr, code = nullptr, text = nullptr;
  napi_create_string_utf8(env, errorCode_.data(), errorCode_.size(), &code);
  napi_create_string_utf8(env, errorText_.data(), errorText_.size(), &text);
  napi_create_error(env, code, text, &result);
  return result;
}

void Job::end() {
  runner_.reset();
  outputs_.Reset();
  progress_.Reset();
}
