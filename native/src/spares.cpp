#include "spares.h"

#include <algorithm>
#include <utility>

namespace agon {

namespace {

/// Bytes that a session keeps between calls, beside rows that the system may take.
constexpr int64_t mostKept = int64_t{128} << 20;

template <class T>
int64_t bytesOf(const std::vector<T>& values) {
  return static_cast<int64_t>(values.capacity() * sizeof(T));
}

int64_t bytesOf(const Buffer& buffer) { return buffer.size() * static_cast<int64_t>(sizeof(float)); }

int64_t bytesOf(const Frame& frame) {
  int64_t bytes = bytesOf(frame.rows);
  for (const Buffer& buffer : frame.storage) bytes += bytesOf(buffer);
  for (const Local& local : frame.locals)
    bytes += bytesOf(local.a) + bytesOf(local.b) + bytesOf(local.index) + bytesOf(local.bits) + bytesOf(local.rowsA) + bytesOf(local.rowsB);
  return bytes;
}

/// What depends on the input of a call is gone, or reachable by nobody before it is written again.
void forget(const Graph& graph, Frame& frame) {
  for (size_t v = 0; v < frame.data.size(); v++)
    if (!graph.isConstant[v]) frame.data[v] = nullptr;
  for (auto& mask : frame.wanted) mask = nullptr;
}

}  // namespace

Lease Spares::take() {
  std::unique_ptr<Frame> frame;
  {
    std::lock_guard<std::mutex> hold(lock_);
    if (!frames_.empty()) {
      frame = std::move(frames_.back().frame);
      bytes_ -= frames_.back().bytes;
      frames_.pop_back();
    }
  }
  if (!frame) frame = std::make_unique<Frame>(makeFrame(graph_, pool_));
  return Lease(frame.release(), [this](Frame* lent) { giveBack(std::unique_ptr<Frame>(lent)); });
}

void Spares::giveBack(std::unique_ptr<Frame> frame) {
  forget(graph_, *frame);
  std::lock_guard<std::mutex> hold(lock_);
  const int64_t room = mostKept - bytes_;
  int64_t bytes = bytesOf(*frame);
  if (bytes > room) bytes -= frame->rows.offer();
  if (bytes > room) {
    frame->rows = Buffer();
    bytes = bytesOf(*frame);
  }
  if (bytes > room) return;
  bytes_ += bytes;
  frames_.push_back({std::move(frame), bytes});
}

}  // namespace agon
