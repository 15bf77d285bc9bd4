// Backward pass of a convolution of few input channels, as the first one of a net is. A sum by input position would have no more than 3 or 4 outputs and
// read every row once per tap; so a row is read once and added to the sums of all positions that it reaches.
#include "conv.h"

namespace agon {

namespace {

/// Bytes of sums that stay in the second cache.
constexpr int64_t sumBytes = 384 << 10;

}  // namespace

void ConvOperation::sinkFew(const Walk& walk, const MixRecipe& recipe, const BlockPtr& from) const {
  const Lists& wanted = recipe.wanted;
  const AliveLists& alive = recipe.alive;
  const int64_t strip = std::max<int64_t>(1, sumBytes / (channelsIn * walk.lanes * static_cast<int64_t>(sizeof(float))));
  const int64_t strips = (positionsIn + strip - 1) / strip, step = (strip * channelsIn | 1) * planeLanes;
  walk.frame.pool.each(strips, 1, [&](int64_t begin, int64_t end) {
    TermList terms;
    const Buffer sums(step * walk.planes());
    std::vector<int32_t> at, place;
    std::vector<const float*> rows(channelsIn);
    for (int64_t s = begin; s < end; s++) {
      const int64_t low = s * strip, high = std::min(positionsIn, low + strip);
      const int32_t base = wanted.offsets[low];
      std::fill_n(sums.data(), step * walk.planes(), 0.0f);
      // Output positions come in ascending order, as in every other sum of a convolution.
      int32_t first = static_cast<int32_t>(positionsOut), last = -1;
      for (int32_t k = byInput.offsets[low]; k < byInput.offsets[high]; k++) {
        first = std::min(first, byInput.position[k]);
        last = std::max(last, byInput.position[k]);
      }
      for (int32_t o = first; o <= last; o++) {
        if (alive.count(o) == 0) continue;
        at.clear();
        place.clear();
        for (int32_t k = byOutput.offsets[o]; k < byOutput.offsets[o + 1]; k++) {
          const int32_t p = byOutput.position[k];
          if (p < low || p >= high) continue;
          for (int32_t i = wanted.offsets[p]; i < wanted.offsets[p + 1]; i++) {
            at.push_back(static_cast<int32_t>(termOf(0, byOutput.tap[k])) + wanted.item[i]);
            place.push_back(i - base);
          }
        }
        if (at.empty()) continue;
        terms.clear();
        terms.add(alive, alive.offsets[o], alive.offsets[o + 1], outStride(), 0);
        walk.frame.kernels.mix(terms.terms(backwardWeights_.data(), from->data()), {at.data(), sums.data(), place.data(), static_cast<int64_t>(at.size())},
                               {walk.planes(), walk.step(from), step, true});
      }
      for (int64_t p = low; p < high; p++) {
        std::fill(rows.begin(), rows.end(), nullptr);
        for (int32_t i = wanted.offsets[p]; i < wanted.offsets[p + 1]; i++) rows[wanted.item[i]] = sums.data() + int64_t{i - base} * planeLanes;
        walk.sink->take(p, {rows.data(), step});
      }
    }
  });
}

}  // namespace agon
