// Backward through the first convolution of a small picture: every output position adds, channel by channel, what it gives to the input under each of its
// taps. A sum takes its terms in the same order as where every input position lists them, so these are the same bits; but a picture of few channels would
// spend its time on many short lists.
#include <algorithm>

#include "conv.h"

namespace agon {

namespace {

/// Bytes of the picture's rows, which output positions add to: they are to stay in the second cache.
constexpr int64_t mostBytes = 512 << 10;

/// The output positions that read input positions begin .. end-1.
std::pair<int64_t, int64_t> readersOf(const Taps& byInput, int64_t begin, int64_t end, int64_t positionsOut) {
  int64_t first = positionsOut, last = 0;
  for (int64_t p = begin; p < end; p++) {
    if (byInput.offsets[p] == byInput.offsets[p + 1]) continue;
    first = std::min<int64_t>(first, byInput.position[byInput.offsets[p]]);
    last = std::max<int64_t>(last, byInput.position[byInput.offsets[p + 1] - 1] + 1);
  }
  return {first, last};
}

}  // namespace

bool ConvOperation::isScattered(const Walk& walk, const MixRecipe& recipe) const {
  return canScatter_ && walk.precision == Precision::Fp32 && recipe.rows->count * rowBytes(walk.planes()) <= mostBytes;
}

void ConvOperation::scatter(Walk& walk, const MixRecipe& recipe, const Cotangent& g) const {
  const Joint joint = walk.join(1, inputs[0], recipe.rows);
  const BlockPtr block = walk.allocate(recipe.rows->count);
  if (!walk.dry) {
    const RowView to = walk.view(block);
    const int64_t bands = walk.frame.pool.threads();
    walk.frame.pool.each(bands, grainOf(bands, static_cast<double>(recipe.products * walk.planes())), [&](int64_t first, int64_t last) {
      const int64_t begin = positionsIn * first / bands, end = positionsIn * last / bands;
      const int32_t low = recipe.wanted.offsets[begin], high = recipe.wanted.offsets[end];
      for (int p = 0; p < to.planes; p++) std::fill(to.row(low) + p * to.step, to.row(high) + p * to.step, 0.0f);
      scatterBand(walk, recipe, walk.view(g.block), to, begin, end);
      if (joint.recipe) takeUp(walk, joint, to, low, high);
    });
  }
  walk.give(inputs[0], {recipe.rows, block});
}

/// The sums of input positions begin .. end-1.
void ConvOperation::scatterBand(const Walk& walk, const MixRecipe& recipe, const RowView& from, const RowView& to, int64_t begin, int64_t end) const {
  const AliveLists& alive = recipe.alive;
  const Lists& wanted = recipe.wanted;
  std::vector<Term> terms(channelsOut);
  std::vector<int32_t> scalars(taps * channelsIn);
  std::vector<float*> out(scalars.size());
  const auto [first, last] = readersOf(byInput, begin, end, positionsOut);
  for (int64_t o = first; o < last; o++) {
    const int64_t low = alive.offsets[o], count = alive.offsets[o + 1] - low;
    if (count == 0) continue;
    for (int64_t i = 0; i < count; i++) terms[i] = {backwardWeights_.data() + alive.item[low + i] * panelWidth(), from.row(alive.row[low + i])};
    int64_t reached = 0;
    for (int32_t k = byOutput.offsets[o]; k < byOutput.offsets[o + 1]; k++) {
      const int64_t p = byOutput.position[k];
      if (p < begin || p >= end) continue;
      const int32_t weights = static_cast<int32_t>(termOf(0, byOutput.tap[k]));
      for (int32_t row = wanted.offsets[p]; row < wanted.offsets[p + 1]; row++) {
        out[reached] = to.row(row);
        scalars[reached++] = weights + wanted.item[row];
      }
    }
    walk.frame.kernels.combine(terms.data(), count, scalars.data(), out.data(), reached, {walk.planes(), from.step, to.step, true});
  }
}

}  // namespace agon
