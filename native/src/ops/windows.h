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
  std::vector<int32_t> offsets, source;
  std::vector<float> coefficient;
  Links links() const { return {offsets.data(), source.data(), coefficient.data()}; }
};

/// factor(y element, k, input element) is the coefficient of a link.
template <class Factor>
WindowLinks writeOut(const Windows& windows, Factor factor) {
  WindowLinks all;
  all.offsets.reserve(windows.size() + 1);
  all.offsets.push_back(0);
  windows.each([&](int64_t y, int64_t begin, int64_t end, int64_t base) {
    for (int64_t k = begin; k < end; k++) {
      const int64_t x = base + windows.sources[k];
      all.source.push_back(static_cast<int32_t>(x));
      all.coefficient.push_back(factor(y, k, x));
    }
    all.offsets.push_back(static_cast<int32_t>(all.source.size()));
  });
  return all;
}

/// An element of the output is wanted if one of its sources is.
Mask wantedWindows(Pool& pool, const Windows& windows, const Mask& x);

}  // namespace agon
