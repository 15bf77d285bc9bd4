// Device on the CUDA runtime.
#include <cuda_runtime.h>

#include "device.h"

namespace agon::cuda {

namespace {

cudaStream_t streamOf(void* stream) { return static_cast<cudaStream_t>(stream); }

void check(cudaError_t status, const char* what) {
  if (status == cudaSuccess) return;
  throw Error("AGON_INTERNAL", std::string("cuda: ") + what + ": " + cudaGetErrorString(status));
}

[[noreturn]] void unavailable(const std::string& why) { throw Error("AGON_UNAVAILABLE", "cuda: unavailable (" + why + ")"); }

}  // namespace

Device::Device(int ordinal) : ordinal_(ordinal) {
  int count = 0;
  const cudaError_t status = cudaGetDeviceCount(&count);
  if (status == cudaErrorInsufficientDriver || status == cudaErrorNoDevice) unavailable(status == cudaErrorNoDevice ? "no device" : "no driver");
  if (status != cudaSuccess) unavailable(cudaGetErrorString(status));
  if (ordinal < 0 || ordinal >= count) unavailable("device " + std::to_string(ordinal) + " of " + std::to_string(count));
  cudaDeviceProp facts;
  check(cudaGetDeviceProperties(&facts, ordinal), "properties");
  name_ = facts.name;
  capability_ = 10 * facts.major + facts.minor;
  if (capability_ < 80) unavailable(name_ + " is older than compute capability 8.0");
  check(cudaSetDevice(ordinal), "device");
  cudaStream_t stream;
  check(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), "stream");
  stream_ = stream;
}

Device::~Device() {
  trim();
  cudaStreamDestroy(streamOf(stream_));
}

void Device::use() { check(cudaSetDevice(ordinal_), "device"); }

int64_t Device::freeBytes() const {
  check(cudaSetDevice(ordinal_), "device");
  size_t free = 0, total = 0;
  check(cudaMemGetInfo(&free, &total), "memory");
  return static_cast<int64_t>(free) + spareBytes_;
}

void* Device::take(int64_t bytes) {
  if (bytes == 0) bytes = 1;
  void* memory = nullptr;
  auto& spares = spares_[bytes];
  if (!spares.empty()) {
    memory = spares.back();
    spares.pop_back();
    spareBytes_ -= bytes;
  } else {
    cudaError_t status = cudaMalloc(&memory, static_cast<size_t>(bytes));
    if (status == cudaErrorMemoryAllocation && spareBytes_ > 0) {
      cudaGetLastError();
      trim();
      status = cudaMalloc(&memory, static_cast<size_t>(bytes));
    }
    if (status == cudaErrorMemoryAllocation) {
      cudaGetLastError();
      throw Error("AGON_OUT_OF_BUDGET", "cuda: the device has no " + std::to_string(bytes) + " bytes left");
    }
    check(status, "memory");
  }
  taken_ += bytes;
  if (taken_ > most_) most_ = taken_;
  return memory;
}

void Device::give(void* memory, int64_t bytes) noexcept {
  if (bytes == 0) bytes = 1;
  taken_ -= bytes;
  spareBytes_ += bytes;
  spares_[bytes].push_back(memory);
}

void Device::trim() noexcept {
  cudaSetDevice(ordinal_);
  cudaStreamSynchronize(streamOf(stream_));
  for (auto& [bytes, all] : spares_)
    for (void* memory : all) cudaFree(memory);
  spares_.clear();
  spareBytes_ = 0;
}

void Device::send(void* to, const void* from, int64_t bytes) {
  check(cudaMemcpyAsync(to, from, static_cast<size_t>(bytes), cudaMemcpyHostToDevice, streamOf(stream_)), "upload");
}

void Device::fetch(void* to, const void* from, int64_t bytes) {
  check(cudaMemcpyAsync(to, from, static_cast<size_t>(bytes), cudaMemcpyDeviceToHost, streamOf(stream_)), "download");
  wait();
}

void Device::copy(void* to, const void* from, int64_t bytes) {
  check(cudaMemcpyAsync(to, from, static_cast<size_t>(bytes), cudaMemcpyDeviceToDevice, streamOf(stream_)), "copy");
}

void Device::zero(void* memory, int64_t bytes) { check(cudaMemsetAsync(memory, 0, static_cast<size_t>(bytes), streamOf(stream_)), "zero"); }

void Device::wait() { check(cudaStreamSynchronize(streamOf(stream_)), "kernels"); }

void Device::checkLaunch(const char* what) { check(cudaGetLastError(), what); }

}  // namespace agon::cuda
