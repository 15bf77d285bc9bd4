#pragma once
#include "node-api.h"

#include <memory>
#include <set>

class Job;

/// What one JavaScript thread (the main one or a worker) holds of the addon: its jobs in flight. There is no other mutable state.
class Instance {
 public:
  /// Makes the instance of this thread, and sees to it that no job outlives the thread.
  static void create(Napi::Env env);
  static Instance& of(Napi::Env env) { return *env.GetInstanceData<Instance>(); }

  void add(std::shared_ptr<Job> job);
  void remove(const std::shared_ptr<Job>& job);

 private:
  static void stopJobs(void* instance);

  std::set<std::shared_ptr<Job>> jobs_;
};
