// The host in the place of a GPU: memory of it, and kernels run at once. For tests of kernels where there is no GPU.
#include "../src/device.h"

#include <cstdlib>
#include <cstring>
#include <new>

namespace agon::cuda {

namespace {

/// Of a pretended device, so that budgets can be tested.
constexpr int64_t deviceBytes = int64_t{4} << 30;

}  // namespace

Device::Device(int ordinal) : name_("host in the place of a GPU"), ordinal_(ordinal), capability_(90) {
  if (ordinal != 0) throw Error("AGON_UNAVAILABLE", "cuda: unavailable (device " + std::to_string(ordinal) + " of 1)");
}

Device::~Device() { trim(); }

void Device::use() {}

int64_t Device::freeBytes() const { return deviceBytes - taken_; }

void* Device::take(int64_t bytes) {
  if (taken_ + bytes > deviceBytes) throw Error("AGON_OUT_OF_BUDGET", "cuda: the device has no " + std::to_string(bytes) + " bytes left");
  // Not zero: what reads memory that nothing has been written to is found.
  void* memory = std::malloc(static_cast<size_t>(bytes + 64));
  if (memory == nullptr) throw std::bad_alloc();
  std::memset(memory, 0xff, static_cast<size_t>(bytes));
  taken_ += bytes;
  if (taken_ > most_) most_ = taken_;
  return memory;
}

void Device::give(void* memory, int64_t bytes) noexcept {
  taken_ -= bytes;
  std::free(memory);
}

void Device::trim() noexcept {}
void Device::send(void* to, const void* from, int64_t bytes) { copy(to, from, bytes); }
void Device::fetch(void* to, const void* from, int64_t bytes) { copy(to, from, bytes); }
void Device::copy(void* to, const void* from, int64_t bytes) {
  if (bytes > 0) std::memcpy(to, from, static_cast<size_t>(bytes));
}
void Device::zero(void* memory, int64_t bytes) { std::memset(memory, 0, static_cast<size_t>(bytes)); }
void Device::wait() {}
void Device::checkLaunch(const char*) {}

}  // namespace agon::cuda
