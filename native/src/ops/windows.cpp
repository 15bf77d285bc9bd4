#include "windows.h"

#include <algorithm>
#include <limits>

namespace agon {

Windows readWindows(const Maker& maker) {
  Windows w;
  w.planes = maker.positive(0);
  w.strideIn = maker.instruction().ints[1];
  w.strideOut = maker.positive(2);
  maker.expect(w.strideIn >= 0, "strideIn >= 0");
  maker.expect(w.planes * w.strideOut == maker.outputSize(), "planes * strideOut = size of the output");
  const int64_t limit = maker.inputSize(0) - (w.planes - 1) * w.strideIn;
  maker.expect(limit > 0, "planes within the input");
  const int64_t entries = static_cast<int64_t>(maker.instruction().tables[1].size());
  maker.expect(entries * w.planes <= std::numeric_limits<int32_t>::max(), "fewer than 2^31 window entries");
  w.offsets = maker.offsets(0, w.strideOut, entries);
  w.sources = maker.table(1, entries, 0, limit);
  return w;
}

Mask wantedWindows(Pool& pool, const Windows& windows, const Mask& x) {
  Mask y(windows.size(), 0);
  windows.each(pool, [&](int64_t e, int64_t begin, int64_t end, int64_t base) {
    for (int64_t k = begin; k < end && !y[e]; k++) y[e] = x[base + windows.sources[k]];
  });
  return y;
}

}  // namespace agon
