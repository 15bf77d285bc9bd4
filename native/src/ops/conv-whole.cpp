// Backward through a convolution in averaged passes of whole groups of examples, where every element of both sides has a row: positions of the input that are
// summed from the same taps of neighbouring outputs go together, and nothing is listed or gathered.
#include <algorithm>

#include "../batch/batch.h"
#include "conv-alike.h"
#include "whole-rows.h"

namespace agon {

namespace {

/// Positions that take the weights of a tap while they are near.
constexpr int64_t mostAlike = 8;
/// Strides among which positions are looked for that are alike.
constexpr int64_t mostStride = 4;

}  // namespace

struct ConvOperation::WholeRecipe : Recipe {
  bool isWhole = false;
  std::vector<Alike> alike;
  int64_t bytes() const override { return Recipe::bytes() + static_cast<int64_t>(alike.size() * sizeof(Alike)); }
};

bool ConvOperation::mayGoWhole(const Frame& frame) const {
  return frame.inTiles && frame.distinct == batchLanes && groups == 1 && tapsDescend && channelsIn % planeLanes == 0 && channelsOut % planeLanes == 0;
}

std::vector<ConvOperation::Alike> ConvOperation::alikePositions(int64_t most) const {
  const auto follows = [&](int64_t p, int64_t next) {
    const int32_t a = byInput.offsets[p], b = byInput.offsets[next], count = byInput.offsets[p + 1] - a;
    if (byInput.offsets[next + 1] - b != count) return false;
    for (int32_t k = 0; k < count; k++)
      if (byInput.tap[b + k] != byInput.tap[a + k] || byInput.position[b + k] != byInput.position[a + k] + 1) return false;
    return true;
  };
  std::vector<Alike> all;
  std::vector<uint8_t> isTaken(positionsIn, 0);
  const auto goesOn = [&](int64_t p, int64_t next) { return next < positionsIn && !isTaken[next] && follows(p, next); };
  for (int64_t p = 0; p < positionsIn; p++) {
    if (isTaken[p]) continue;
    int64_t step = 1;
    while (step < mostStride && !goesOn(p, p + step)) step++;
    int64_t count = 1;
    while (count < most && goesOn(p + (count - 1) * step, p + count * step)) count++;
    for (int64_t i = 0; i < count; i++) isTaken[p + i * step] = 1;
    all.push_back({p, step, count});
  }
  return all;
}

/// False where some element has no row, or some input position no tap: its lists are shorter.
bool ConvOperation::backwardWhole(Walk& walk, const Cotangent& g) const {
  const auto recipe = walk.recipeOfMask<WholeRecipe>(2, inputs[0], {g.rows}, 0, [&] {
    auto made = std::make_shared<WholeRecipe>();
    made->isWhole = isWhole(*g.rows, channelsOut, positionsOut) && isWhole(walk.mask(inputs[0]));
    for (int64_t p = 0; p < positionsIn; p++) made->isWhole = made->isWhole && byInput.offsets[p] < byInput.offsets[p + 1];
    if (!made->isWhole) return made;
    made->rows = wholeRows(channelsIn, positionsIn);
    made->alike = alikePositions(mostAlike);
    made->products = static_cast<int64_t>(byInput.position.size()) * channelsIn * channelsOut;
    return made;
  });
  if (!recipe->isWhole) return false;
  const Joint joint = walk.join(1, inputs[0], recipe->rows);
  const BlockPtr to = walk.allocate(recipe->rows->count);
  if (!walk.dry) {
    walk.frame.pool.each(static_cast<int64_t>(recipe->alike.size()), 1, [&](int64_t begin, int64_t end) {
      const Buffer sums(mostAlike * channelsIn * planeLanes);
      for (int64_t i = begin; i < end; i++) {
        const Alike& alike = recipe->alike[i];
        sumAlike(walk, alike, g.block->data(), sums.data(), to);
        for (int64_t n = 0, p = alike.first; joint.recipe && n < alike.count; n++, p += alike.step)
          takeUp(walk, joint, walk.view(to), p * channelsIn, (p + 1) * channelsIn);
      }
    });
  }
  walk.give(inputs[0], {recipe->rows, to});
  return true;
}

/// Tap by tap, as the terms of a sum come elsewhere.
void ConvOperation::sumAlike(const Walk& walk, const Alike& alike, const float* rows, float* sums, const BlockPtr& to) const {
  const LaneKernels& kernels = laneKernels(walk.frame.kernels);
  float* const into = alike.step == 1 ? walk.row(to, alike.first * channelsIn) : sums;
  const int32_t begin = byInput.offsets[alike.first];
  for (int32_t k = begin; k < byInput.offsets[alike.first + 1]; k++) {
    kernels.tileSum({forwardScalars(0, 0) + byInput.tap[k] * channelsIn * planeLanes, taps * channelsIn * planeLanes, channelsOut, 0, channelsIn, alike.count,
                     rows + byInput.position[k] * channelsOut * planeLanes, into, true, k == begin});
  }
  if (into != sums) return;
  for (int64_t n = 0; n < alike.count; n++) {
    const float* const from = sums + n * channelsIn * planeLanes;
    std::copy_n(from, channelsIn * planeLanes, walk.row(to, (alike.first + n * alike.step) * channelsIn));
  }
}

}  // namespace agon
