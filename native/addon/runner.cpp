#include "runner.h"

#include <utility>

Runner::~Runner() {
  {
    const std::lock_guard<std::mutex> hold(lock_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Runner::start(std::function<void()> work) {
  {
    const std::lock_guard<std::mutex> hold(lock_);
    work_ = std::move(work);
    works_ = true;
  }
  changed_.notify_all();
}

void Runner::wait() {
  std::unique_lock<std::mutex> hold(lock_);
  changed_.wait(hold, [this] { return !works_; });
}

void Runner::loop() {
  std::unique_lock<std::mutex> hold(lock_);
  for (;;) {
    changed_.wait(hold, [this] { return works_ || stop_; });
    if (!works_) return;
    auto work = std::exchange(work_, nullptr);
    hold.unlock();
    work();
    work = nullptr;
    hold.lock();
    works_ = false;
    changed_.notify_all();
  }
}
