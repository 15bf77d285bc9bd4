#pragma once
#include "../walk.h"
#include "window-tables.h"

namespace agon {

template <class Visit>
void Windows::each(Pool& pool, Visit visit) const {
  const int64_t perPlane = static_cast<int64_t>(sources.size()) + strideOut;
  pool.each(planes, (1 << 14) / perPlane + 1, [&](int64_t begin, int64_t end) { eachOf(begin, end, visit); });
}

/// Links of windows, written out for every plane.
struct WindowLinks {
  Table offsets, source;
  std::vector<float, Unset<float>> coefficient;
  Links links() const { return {offsets.data(), source.data(), coefficient.data()}; }
};

/// factor(y element, k, input element) is the coefficient of a link; called by several threads.
template <class Factor>
WindowLinks writeOut(Pool& pool, const Windows& windows, Factor factor) {
  const int64_t perPlane = static_cast<int64_t>(windows.sources.size());
  WindowLinks all;
  all.offsets.resize(windows.size() + 1);
  all.source.resize(windows.planes * perPlane);
  all.coefficient.resize(windows.planes * perPlane);
  all.offsets[0] = 0;
  windows.each(pool, [&, offsets = all.offsets.data(), source = all.source.data(), coefficient = all.coefficient.data()](int64_t y, int64_t begin, int64_t end, int64_t base) {
    const int64_t first = y / windows.strideOut * perPlane;
    for (int64_t k = begin; k < end; k++) {
      const int64_t x = base + windows.sources[k];
      source[first + k] = static_cast<int32_t>(x);
      coefficient[first + k] = factor(y, k, x);
    }
    offsets[y + 1] = static_cast<int32_t>(first + end);
  });
  return all;
}

/// An element of the output is wanted if one of its sources is.
Mask wantedWindows(Pool& pool, const Windows& windows, const Mask& x);

}  // namespace agon
