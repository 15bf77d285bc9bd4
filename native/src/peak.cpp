#include <agon/session.h>

#include <algorithm>

#include "kernels/kernels.h"
#include "stopwatch.h"

namespace agon {

double peakFlops() {
  const Kernels k = kernels();
  alignas(64) float out[planeLanes];
  double best = 0;
  for (int run = 0; run < 40; run++) {
    const Stopwatch watch;
    const int64_t products = k.spin(300000, out);
    best = std::max(best, 2.0 * static_cast<double>(products) / watch.seconds());
  }
  return best;
}

}  // namespace agon
