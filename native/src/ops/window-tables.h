#pragma once
#include <vector>

#include "../maker.h"

namespace agon {

class Pool;

/// Windows over planes: output p * strideOut + o is made from inputs p * strideIn + sources[k], k in offsets[o] .. offsets[o+1]-1.
struct Windows {
  int64_t planes, strideIn, strideOut;
  std::vector<int32_t> offsets, sources;

  int64_t size() const { return planes * strideOut; }

  /// visit(y element, first k, last k, first input element of the plane), in ascending order of y.
  template <class Visit>
  void each(Visit visit) const {
    eachOf(0, planes, visit);
  }
  /// The same for planes that are split over threads; in windows.h.
  template <class Visit>
  void each(Pool& pool, Visit visit) const;

 private:
  template <class Visit>
  void eachOf(int64_t begin, int64_t end, Visit visit) const {
    for (int64_t p = begin; p < end; p++)
      for (int64_t o = 0; o < strideOut; o++) visit(p * strideOut + o, offsets[o], offsets[o + 1], p * strideIn);
  }
};

/// Reads and checks ints[0..2] and tables[0..1].
Windows readWindows(const Maker& maker);

}  // namespace agon
