#pragma once
#include "node-api.h"
#include "runner.h"

#include <memory>
#include <set>
#include <vector>

class Job;

/// What one JavaScript thread (the main one or a worker) holds of the addon: its jobs in flight, and threads for the next ones. There is no other mutable state.
class Instance {
 public:
  /// Makes the instance of this thread, and sees to it that no job outlives the thread.
  static void create(Napi::Env env);
  static Instance& of(Napi::Env env) { return *env.GetInstanceData<Instance>(); }

  void add(std::shared_ptr<Job> job);
  void remove(const std::shared_ptr<Job>& job);

  /// Whether a short call may keep this thread: none is in flight that it could run beside, and others had their turn not long ago.
  bool mayKeep() const { return jobs_.empty() && kept_ < mostKept; }
  /// A call has kept this thread, and its promise is fulfilled without a turn of the event loop.
  void keep(double seconds) { kept_ += seconds; }

  /// A thread for a job. Throws std::system_error where none can be started.
  std::unique_ptr<Runner> takeRunner();
  /// Takes a thread back that has ended its work.
  void giveBack(std::unique_ptr<Runner> runner);

 private:
  /// Seconds for which calls that follow each other may keep this thread before one lets the event loop turn.
  static constexpr double mostKept = 4e-3;

  static void stopJobs(void* data);

  std::set<std::shared_ptr<Job>> jobs_;
  std::vector<std::unique_ptr<Runner>> idle_;
  /// Seconds since the last job ended, which was a turn of the event loop.
  double kept_ = 0;
};
