#pragma once
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

/// A thread that does one piece of work after another: to start one takes as long as a pass through a small model.
class Runner {
 public:
  /// Throws std::system_error where no thread can be started.
  Runner() : thread_([this] { loop(); }) {}
  /// Waits for the work to end.
  ~Runner();
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;

  /// To be called when earlier work has ended.
  void start(std::function<void()> work);
  /// Waits for the work to end. All that it holds is gone then.
  void wait();

 private:
  void loop();

  std::mutex lock_;
  std::condition_variable changed_;
  std::function<void()> work_;
  bool works_ = false, stop_ = false;
  std::thread thread_;
};
