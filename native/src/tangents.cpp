#include "tangents.h"

namespace agon {

void ElementCarrier::carry(const Tangents& from, Tangents& to, CarrierScratch&) const {
  to.clear(from.width, from.count);
  for (int64_t i = 0; i < from.count; i++) {
    const int32_t e = from.element(i);
    if (!wanted_[e]) continue;
    const float coefficient = coefficient_.empty() ? 1.0f : coefficient_[e];
    const float* const change = from.at(i);
    float* const into = to.add(e);
    for (int64_t r = 0; r < from.width; r++) into[r] = change[r] * coefficient;
  }
}

WinnerCarrier::WinnerCarrier(const std::vector<int32_t>& winner, const Mask& wanted, int64_t inputSize) : offsets_(inputSize + 1, 0) {
  for (size_t y = 0; y < winner.size(); y++)
    if (wanted[y]) offsets_[winner[y] + 1]++;
  for (int64_t x = 0; x < inputSize; x++) offsets_[x + 1] += offsets_[x];
  won_.resize(offsets_[inputSize]);
  std::vector<int32_t> next(offsets_.begin(), offsets_.end() - 1);
  for (size_t y = 0; y < winner.size(); y++)
    if (wanted[y]) won_[next[winner[y]]++] = static_cast<int32_t>(y);
}

void WinnerCarrier::carry(const Tangents& from, Tangents& to, CarrierScratch&) const {
  int64_t most = 0;
  for (int64_t i = 0; i < from.count; i++) most += offsets_[from.element(i) + 1] - offsets_[from.element(i)];
  to.clear(from.width, most);
  for (int64_t i = 0; i < from.count; i++)
    for (int32_t k = offsets_[from.element(i)]; k < offsets_[from.element(i) + 1]; k++) std::copy_n(from.at(i), from.width, to.add(won_[k]));
}

}  // namespace agon
