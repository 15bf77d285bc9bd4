#include "instance.h"

#include "job.h"

namespace {

/// Threads that wait for the next job.
constexpr size_t mostIdle = 2;

}  // namespace

void Instance::create(Napi::Env env) {
  auto* instance = new Instance();
  env.SetInstanceData(instance);
  // The addon may be unloaded with the thread, so its jobs must have ended by then. Hooks run before instance data and
  // thread-safe functions are freed.
  napi_add_env_cleanup_hook(env, stopJobs, instance);
}

void Instance::add(std::shared_ptr<Job> job) { jobs_.insert(std::move(job)); }

void Instance::remove(const std::shared_ptr<Job>& job) {
  jobs_.erase(job);
  kept_ = 0;
}

std::unique_ptr<Runner> Instance::takeRunner() {
  if (idle_.empty()) return std::make_unique<Runner>();
  auto runner = std::move(idle_.back());
  idle_.pop_back();
  return runner;
}

void Instance::giveBack(std::unique_ptr<Runner> runner) {
  if (idle_.size() < mostIdle) idle_.push_back(std::move(runner));
}

void Instance::stopJobs(void* data) {
  auto& instance = *static_cast<Instance*>(data);
  for (const auto& job : instance.jobs_) job->abort();
  for (const auto& job : instance.jobs_) job->end();
  instance.jobs_.clear();
  instance.idle_.clear();
}
