#pragma once
#include <agon/cuda-transfers.h>
#include <agon/error.h>

#include <map>
#include <string>
#include <vector>

#include "launch.h"

namespace agon::cuda {

/// One GPU with a stream of its own, on which everything happens in the order in which it is asked for; or, in a library that is compiled for
/// tests by the host's compiler, the host in its place. One thread at a time.
class Device {
 public:
  /// Throws AGON_UNAVAILABLE saying why there is none.
  explicit Device(int ordinal);
  ~Device();
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  /// To be called first by every thread that asks for something: a thread begins with device 0.
  void use();

  /// Name, and 10 * major + minor of what it can compute.
  const std::string& name() const { return name_; }
  int capability() const { return capability_; }
  /// Bytes that may still be taken: those of nobody, and spare ones. For any thread.
  int64_t freeBytes() const;
  /// Bytes taken now, and at most since the last reset.
  int64_t takenBytes() const { return taken_; }
  int64_t mostBytes() const { return most_; }
  void resetMost() { most_ = taken_; }

  /// Memory that is kept for the next taker of the same size when it is given back. Throws AGON_OUT_OF_BUDGET.
  void* take(int64_t bytes);
  void give(void* memory, int64_t bytes) noexcept;
  /// Lets go of spare memory.
  void trim() noexcept;

  void upload(void* to, const void* from, int64_t bytes) {
    if (bytes <= 0) return;
    transfers_.uploads++;
    transfers_.uploadedBytes += bytes;
    send(to, from, bytes);
  }
  /// Waits until the bytes are there.
  void download(void* to, const void* from, int64_t bytes) {
    if (bytes <= 0) return;
    transfers_.downloads++;
    transfers_.downloadedBytes += bytes;
    fetch(to, from, bytes);
  }
  /// Since the beginning.
  const Transfers& transfers() const { return transfers_; }
  void copy(void* to, const void* from, int64_t bytes);
  void zero(void* memory, int64_t bytes);
  /// Throws AGON_INTERNAL if something that was asked for has failed.
  void wait();

  /// body(i) for i < count.
  template <class Body>
  void each(int64_t count, const Body& body);
  /// body(row, lane) for every lane of every row.
  template <class Body>
  void eachRow(int64_t rows, int32_t lanes, const Body& body);
  /// kernel(block, shared) for every block.
  template <class Kernel>
  void blocks(Grid grid, const Kernel& kernel);

 private:
  void send(void* to, const void* from, int64_t bytes);
  void fetch(void* to, const void* from, int64_t bytes);
  void checkLaunch(const char* what);

  std::string name_;
  int ordinal_, capability_ = 0;
  void* stream_ = nullptr;
  int64_t taken_ = 0, most_ = 0, spareBytes_ = 0;
  Transfers transfers_;
  std::map<int64_t, std::vector<void*>> spares_;
};

#ifdef __CUDACC__

template <class Body>
void Device::each(int64_t count, const Body& body) {
  if (count <= 0) return;
  const int64_t blocks = (count + elementThreads - 1) / elementThreads;
  elementKernel<<<static_cast<unsigned>(blocks < (1 << 20) ? blocks : 1 << 20), elementThreads, 0, static_cast<cudaStream_t>(stream_)>>>(count, body);
  checkLaunch("elements");
}

template <class Body>
void Device::eachRow(int64_t rows, int32_t lanes, const Body& body) {
  if (rows <= 0 || lanes <= 0) return;
  unsigned width = 1;
  while (width < warpThreads && width < static_cast<unsigned>(lanes)) width *= 2;
  const dim3 block(width, elementThreads / width);
  const int64_t down = (rows + block.y - 1) / block.y;
  const dim3 grid((static_cast<unsigned>(lanes) + width - 1) / width, static_cast<unsigned>(down < 65535 ? down : 65535));
  rowKernel<<<grid, block, 0, static_cast<cudaStream_t>(stream_)>>>(rows, lanes, body);
  checkLaunch("rows");
}

template <class Kernel>
void Device::blocks(Grid grid, const Kernel& kernel) {
  if (grid.x <= 0 || grid.y <= 0) return;
  constexpr int64_t most = 65535;
  for (int64_t z = 0; z < grid.z; z += most) {
    const dim3 size(static_cast<unsigned>(grid.x), static_cast<unsigned>(grid.y), static_cast<unsigned>(grid.z - z < most ? grid.z - z : most));
    blockKernel<<<size, Kernel::threads, 0, static_cast<cudaStream_t>(stream_)>>>(kernel, z);
  }
  checkLaunch("blocks");
}

#else

template <class Body>
void Device::each(int64_t count, const Body& body) {
  for (int64_t i = 0; i < count; i++) body(i);
}

template <class Body>
void Device::eachRow(int64_t rows, int32_t lanes, const Body& body) {
  for (int64_t row = 0; row < rows; row++)
    for (int32_t lane = 0; lane < lanes; lane++) body(row, lane);
}

template <class Kernel>
void Device::blocks(Grid grid, const Kernel& kernel) {
  typename Kernel::Shared shared;
  for (int64_t z = 0; z < grid.z; z++)
    for (int64_t y = 0; y < grid.y; y++)
      for (int64_t x = 0; x < grid.x; x++) kernel(Block<Kernel::threads>{x, y, z}, shared);
}

#endif

/// Numbers on a device; given back with their owner.
template <class T>
class Array {
 public:
  Array() = default;
  Array(Device& device, int64_t size) : device_(&device), size_(size), data_(static_cast<T*>(device.take(bytes()))) {}
  Array(Device& device, const std::vector<T>& from) : Array(device, static_cast<int64_t>(from.size())) { device.upload(data_, from.data(), bytes()); }
  Array(Array&& other) noexcept { swap(other); }
  Array& operator=(Array&& other) noexcept {
    Array(std::move(other)).swap(*this);
    return *this;
  }
  ~Array() {
    if (data_) device_->give(data_, bytes());
  }
  T* data() const { return data_; }
  int64_t size() const { return size_; }
  int64_t bytes() const { return size_ * static_cast<int64_t>(sizeof(T)); }
  explicit operator bool() const { return data_ != nullptr; }
  std::vector<T> read() const {
    std::vector<T> numbers(static_cast<size_t>(size_));
    if (data_) device_->download(numbers.data(), data_, bytes());
    return numbers;
  }

 private:
  void swap(Array& other) noexcept {
    std::swap(device_, other.device_);
    std::swap(size_, other.size_);
    std::swap(data_, other.data_);
  }
  Device* device_ = nullptr;
  int64_t size_ = 0;
  T* data_ = nullptr;
};

using Floats = Array<float>;
using Ints = Array<int32_t>;
using Bytes = Array<uint8_t>;

}  // namespace agon::cuda
