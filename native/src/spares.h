#pragma once
#include <functional>
#include <mutex>

#include "graph.h"

namespace agon {

/// A frame lent to one call.
using Lease = std::unique_ptr<Frame, std::function<void(Frame*)>>;

/// Frames of calls that have ended, kept for the next ones so that their memory need not be found and cleared by the system again. They keep memory
/// only: a call computes everything anew. Calls may take at the same time.
class Spares {
 public:
  Spares(const Graph& graph, Pool& pool) : graph_(graph), pool_(pool) {}

  /// A frame like a new one. It comes back when the lease ends, which must not outlive this.
  Lease take();

 private:
  void giveBack(std::unique_ptr<Frame> frame);

  const Graph& graph_;
  Pool& pool_;
  std::mutex lock_;
  /// With the bytes that count.
  struct Kept {
    std::unique_ptr<Frame> frame;
    int64_t bytes;
  };
  std::vector<Kept> frames_;
  int64_t bytes_ = 0;
};

}  // namespace agon
