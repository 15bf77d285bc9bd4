// Compile test: the tiles as kernels; the compiler's report has the registers and spills of each. Steps of 16, since all take as many registers.
#include "tile-products.h"

namespace {

struct Launch {
  const float *a, *b;
  float* out;
  int32_t depth;
  template <agon::Precision P, int M, int N, int K>
  void operator()() const {
    if constexpr (K == 16) {
      using Product = TileProduct<P, M, N, K>;
      agon::cuda::blockKernel<<<1, Product::threads>>>(Product{a, b, out, depth}, 0);
    }
  }
};

}  // namespace

void launchTiles(const float* a, const float* b, float* out, int32_t depth) { eachTile(Launch{a, b, out, depth}); }
