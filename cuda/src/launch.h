#pragma once
#include <agon/scalar.h>

#include <cstdint>
#include <type_traits>

/// How kernels are run. A kernel is a function object, so that the same source runs on a GPU and, block by block and thread by thread, on a host:
/// there, every formula and every index of it can be tested without a GPU.
namespace agon::cuda {

/// Threads of a block of `each` and `eachRow`, and of a warp.
constexpr int elementThreads = 256, warpThreads = 32;

/// Blocks of a kernel.
struct Grid {
  int64_t x = 1, y = 1, z = 1;
};

/// What a kernel that works by blocks sees of its place: which block it is, of how many.
template <int Threads>
struct Block {
  static constexpr int threads = Threads;
  int64_t x, y, z;

  /// Runs body(thread) for every thread of the block; nobody goes on before all have ended.
  template <class Body>
  AGON_HD void each(Body body) const {
#ifdef __CUDA_ARCH__
    body(static_cast<int>(threadIdx.x));
    __syncthreads();
#else
    for (int t = 0; t < Threads; t++) body(t);
#endif
  }
};

/// What a thread keeps from one `each` of its block to the next: registers on a GPU.
template <class T, int Threads>
struct PerThread {
#ifdef __CUDA_ARCH__
  T of;
  __device__ T& operator[](int) { return of; }
#else
  T of[Threads];
  T& operator[](int thread) { return of[thread]; }
#endif
};

#ifdef __CUDACC__

/// How many blocks of a kernel a multiprocessor is to hold at least, which limits the registers of a thread; a kernel may say so.
template <class Kernel, class = void>
constexpr int blocksTogether = 1;
template <class Kernel>
constexpr int blocksTogether<Kernel, std::void_t<decltype(Kernel::blocksTogether)>> = Kernel::blocksTogether;

template <class Body>
__global__ void __launch_bounds__(elementThreads) elementKernel(int64_t count, Body body) {
  const int64_t step = static_cast<int64_t>(gridDim.x) * elementThreads;
  for (int64_t i = static_cast<int64_t>(blockIdx.x) * elementThreads + threadIdx.x; i < count; i += step) body(i);
}

/// Warps run along the lanes of a row, and then along rows. That two blocks shall fit keeps the compiler from spilling for the sake of eight.
template <class Body>
__global__ void __launch_bounds__(elementThreads, 2) rowKernel(int64_t rows, int32_t lanes, Body body) {
  const int32_t lane = static_cast<int32_t>(blockIdx.x * blockDim.x + threadIdx.x);
  if (lane >= lanes) return;
  const int64_t step = static_cast<int64_t>(gridDim.y) * blockDim.y;
  for (int64_t row = static_cast<int64_t>(blockIdx.y) * blockDim.y + threadIdx.y; row < rows; row += step) body(row, lane);
}

template <class Kernel>
__global__ void __launch_bounds__(Kernel::threads, blocksTogether<Kernel>) blockKernel(Kernel kernel, int64_t firstZ) {
  __shared__ typename Kernel::Shared shared;
  kernel(Block<Kernel::threads>{blockIdx.x, blockIdx.y, firstZ + blockIdx.z}, shared);
}

#endif

}  // namespace agon::cuda
