#include "threads.h"

#include <agon/error.h>
#include <agon/session.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <system_error>
#include <utility>

namespace agon {

namespace {

/// Pieces of work for which a thread is woken: that, waiting for it, and the rows that move between caches take as long as some of them. And for which one
/// that is awake is asked.
constexpr int64_t worthWaking = 16, worthSharing = 4;

/// Leaves the core to its other half for some cycles.
inline void rest() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

/// Waits awake until isThere(), for about as long at most as it takes to wake a thread.
template <class IsThere>
void waitAwake(IsThere isThere) {
  constexpr std::chrono::microseconds most{20};
  constexpr int looks = 16;  // without a look at the clock
  if (isThere()) return;
  const auto end = std::chrono::steady_clock::now() + most;
  do {
    for (int i = 0; i < looks; i++) {
      if (isThere()) return;
      rest();
    }
  } while (std::chrono::steady_clock::now() < end);
}

}  // namespace

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

void Pool::each(int64_t count, const Grain& grain, const Body& body) {
  if (count <= 0) return;
  std::unique_lock<std::mutex> mine(busy_, std::try_to_lock);
  const bool isSmall = count <= grain.items || grain.isLess(count, asleep_ > 0 ? worthWaking : worthSharing);
  if (workers_.empty() || isSmall || !mine.owns_lock()) return body(0, count);
  {
    std::lock_guard<std::mutex> hold(lock_);
    body_ = &body;
    count_ = count;
    grain_ = grain.items;
    next_ = 0;
    failure_ = nullptr;
    round_++;
  }
  if (asleep_ > 0) start_.notify_all();
  takePieces(body);
  {
    std::lock_guard<std::mutex> hold(lock_);
    body_ = nullptr;
  }
  waitAwake([this] { return running_ == 0; });
  std::unique_lock<std::mutex> hold(lock_);
  done_.wait(hold, [this] { return running_ == 0; });
  if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

/// Pieces get smaller towards the end: large ones read on where they have read, small ones let all threads end at the same time.
void Pool::takePieces(const Body& body) {
  try {
    for (;;) {
      int64_t from = next_, end;
      do {
        if (from >= count_) return;
        end = std::min(count_, from + std::max(grain_, 2 * (count_ - from) / (3 * threads())));
      } while (!next_.compare_exchange_weak(from, end));
      body(from, end);
    }
  } catch (...) {
    std::lock_guard<std::mutex> hold(lock_);
    if (!failure_) failure_ = std::current_exception();
    next_ = count_;
  }
}

void Pool::work() {
  uint64_t seen = 0;
  for (;;) {
    waitAwake([&] { return stop_ || round_ != seen; });
    std::unique_lock<std::mutex> hold(lock_);
    if (round_ == seen) {
      asleep_++;
      start_.wait(hold, [&] { return stop_ || round_ != seen; });
      asleep_--;
    }
    if (stop_) return;
    seen = round_;
    if (!body_) continue;
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
