#include "threads.h"

#include <agon/error.h>
#include <agon/session.h>

#include <algorithm>
#include <string>
#include <system_error>
#include <utility>

namespace agon {

Pool::Pool(int threads) {
  try {
    for (int i = 1; i < threads; i++) workers_.emplace_back([this] { work(); });
  } catch (const std::system_error&) {
    const std::string started = std::to_string(this->threads());
    stop();
    throw Error("AGON_BAD_OPTION", "threads: expected as many as the system can start, " + started + ", found " + std::to_string(threads));
  }
}

Pool::~Pool() { stop(); }

void Pool::stop() {
  {
    std::lock_guard<std::mutex> hold(lock_);
    stop_ = true;
  }
  start_.notify_all();
  for (auto& worker : workers_) worker.join();
}

void Pool::each(int64_t count, int64_t grain, const Body& body) {
  if (count <= 0) return;
  std::unique_lock<std::mutex> mine(busy_, std::try_to_lock);
  // One item alone may be a large piece.
  const bool isSmall = count <= grain || (grain > 1 && count < worthWaking * grain);
  if (workers_.empty() || isSmall || !mine.owns_lock()) return body(0, count);
  {
    std::lock_guard<std::mutex> hold(lock_);
    body_ = &body;
    count_ = count;
    piece_ = std::max(grain, count / (8 * threads()));
    next_ = 0;
    failure_ = nullptr;
    round_++;
  }
  start_.notify_all();
  takePieces(body);
  std::unique_lock<std::mutex> hold(lock_);
  body_ = nullptr;
  done_.wait(hold, [this] { return running_ == 0; });
  if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

void Pool::takePieces(const Body& body) {
  try {
    for (;;) {
      const int64_t from = next_.fetch_add(piece_);
      if (from >= count_) return;
      body(from, std::min(count_, from + piece_));
    }
  } catch (...) {
    std::lock_guard<std::mutex> hold(lock_);
    if (!failure_) failure_ = std::current_exception();
    next_ = count_;
  }
}

void Pool::work() {
  uint64_t seen = 0;
  std::unique_lock<std::mutex> hold(lock_);
  for (;;) {
    start_.wait(hold, [&] { return stop_ || (body_ && round_ != seen); });
    if (stop_) return;
    seen = round_;
    running_++;
    const Body& body = *body_;
    hold.unlock();
    takePieces(body);
    hold.lock();
    if (--running_ == 0) done_.notify_one();
  }
}

std::shared_ptr<Pool> createPool(int threads) {
  const int wanted = threads > 0 ? threads : static_cast<int>(std::thread::hardware_concurrency());
  return std::make_shared<Pool>(std::max(1, wanted));
}

int threadsOf(const Pool& pool) { return pool.threads(); }

}  // namespace agon
