#include "sums.h"

namespace agon::cuda {

Spreading::Spreading(Device& device, const std::vector<int32_t>& map, int64_t size) : size(size) {
  if (map.empty()) return;
  table = LinkTable(device, map, size);
  std::vector<int64_t> count(static_cast<size_t>(size), 0);
  for (const int32_t e : map) count[e]++;
  most = std::max<int64_t>(1, *std::max_element(count.begin(), count.end()));
}

}  // namespace agon::cuda
