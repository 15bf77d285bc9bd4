#include "pull.h"

#include <numeric>

namespace agon::cuda {

LinkTable::LinkTable(Device& device, const std::vector<int32_t>& offsets, const std::vector<int32_t>& sources, int64_t strideX, int64_t strideY)
    : strideX_(strideX), strideY_(strideY) {
  turn(device, offsets, sources);
}

LinkTable::LinkTable(Device& device, const std::vector<int32_t>& source, int64_t sizeX) {
  strideX_ = sizeX;
  strideY_ = static_cast<int64_t>(source.size());
  std::vector<int32_t> offsets(source.size() + 1);
  std::iota(offsets.begin(), offsets.end(), 0);
  turn(device, offsets, source);
}

void LinkTable::turn(Device& device, const std::vector<int32_t>& offsets, const std::vector<int32_t>& sources) {
  std::vector<int32_t> first(static_cast<size_t>(strideX_) + 1, 0);
  for (const int32_t source : sources)
    if (source >= 0) first[source + 1]++;
  std::partial_sum(first.begin(), first.end(), first.begin());
  std::vector<int32_t> next(first.begin(), first.end() - 1), to(first.back()), link(first.back());
  for (size_t o = 0; o + 1 < offsets.size(); o++) {
    for (int32_t k = offsets[o]; k < offsets[o + 1]; k++) {
      if (sources[k] < 0) continue;
      const int32_t at = next[sources[k]]++;
      to[at] = static_cast<int32_t>(o);
      link[at] = k;
    }
  }
  offsets_ = Ints(device, first);
  to_ = Ints(device, to);
  link_ = Ints(device, link);
}

}  // namespace agon::cuda
