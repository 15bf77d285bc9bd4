#pragma once
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace agon {

/// How work is cut: items per piece at least, and how many pieces of some tens of microseconds all items make together. Where nobody says, as many as there are
/// pieces of so many items; of one item alone nobody knows, it may be large.
struct Grain {
  int64_t items;
  double pieces;
  Grain(int64_t items) : items(items), pieces(-1) {}
  Grain(int64_t items, double pieces) : items(items), pieces(pieces) {}
  bool isLess(int64_t count, int64_t than) const { return pieces >= 0 ? pieces < static_cast<double>(than) : items > 1 && count < than * items; }
};

/// The grain of `count` equal items that take about so many products of a plane of lanes together (a third of a nanosecond each).
inline Grain grainOf(int64_t count, double products) {
  constexpr double least = 60000;
  return {products <= least ? count : static_cast<int64_t>(static_cast<double>(count) * least / products) + 1, products / least};
}

/// Splits ranges over threads. Work is cut into pieces that any thread may take, so results must not depend on who does which piece.
class Pool {
 public:
  using Body = std::function<void(int64_t begin, int64_t end)>;

  /// Throws AGON_BAD_OPTION where the system cannot start so many.
  explicit Pool(int threads);
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  int threads() const { return static_cast<int>(workers_.size()) + 1; }

  /// Runs body on pieces of 0 .. count-1. When another call has the pool, or there are too few pieces to be worth the other threads,
  /// the caller does all of it alone. Nor does it wait for threads that are still asleep when all is done. The first exception of a piece is thrown after all
  /// pieces have ended. Threads stay awake a little while for the next call: to wake one takes as long as many a call.
  void each(int64_t count, const Grain& grain, const Body& body);

 private:
  void stop();
  void work();
  void takePieces(const Body& body);

  std::vector<std::thread> workers_;
  std::mutex busy_, lock_;
  std::condition_variable start_, done_;
  const Body* body_ = nullptr;  // null: nothing to join in
  std::atomic<int64_t> next_{0};
  int64_t count_ = 0, grain_ = 1;
  std::atomic<uint64_t> round_{0};
  std::atomic<int> running_{0};
  std::atomic<int> asleep_{0};
  std::atomic<bool> stop_{false};
  std::exception_ptr failure_;
};

}  // namespace agon
