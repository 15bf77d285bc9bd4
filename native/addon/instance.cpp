#include "instance.h"

#include "job.h"

void Instance::create(Napi::Env env) {
  auto* instance = new Instance();
  env.SetInstanceData(instance);
  // The addon may be unloaded with the thread, so its jobs must have ended by then. Hooks run before instance data and
  // thread-safe functions are freed.
  napi_add_env_cleanup_hook(env, stopJobs, instance);
}

void Instance::add(std::shared_ptr<Job> job) { jobs_.insert(std::move(job)); }

void Instance::remove(const std::shared_ptr<Job>& job) { jobs_.erase(job); }

void Instance::stopJobs(void* instance) {
  auto& jobs = static_cast<Instance*>(instance)->jobs_;
  for (const auto& job : jobs) job->abort();
  for (const auto& job : jobs) job->end();
  jobs.clear();
}
