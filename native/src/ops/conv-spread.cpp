// Backward through a convolution of few channels in, in passes of one label per example: every output position sums, over its channels, what it gives to the
// input under each of its taps, and adds that there. The positions of the input, with their few sums of many short lists, would be mostly lists.
#include <algorithm>

#include "../batch/batch.h"
#include "conv.h"

namespace agon {

namespace {

constexpr int64_t mostChannels = 4;
/// Pieces of the input per thread.
constexpr int64_t bandsEach = 4;

void add(float* to, const float* from, int64_t rows) {
  for (int64_t i = 0; i < rows * planeLanes; i++) to[i] += from[i];
}

}  // namespace

bool ConvOperation::isSpread(const Frame& frame) const { return frame.inTiles && groups == 1 && taps > 1 && channelsIn <= mostChannels && channelsOut >= 2 * planeLanes; }

void ConvOperation::backwardSpread(Walk& walk) const {
  const Cotangent g = walk.take(outputs[0]);
  const auto recipe = mixRecipeFor(walk, g.rows);
  if (!recipe->rows) return;
  const Joint joint = walk.join(1, inputs[0], recipe->rows);
  const BlockPtr to = walk.allocate(recipe->rows->count);
  if (!walk.dry) {
    const int64_t bands = std::min(positionsIn, bandsEach * walk.frame.pool.threads());
    walk.frame.pool.each(bands, 1, [&](int64_t begin, int64_t end) {
      for (int64_t b = begin; b < end; b++) spreadBand(walk, *recipe, joint, g.block->data(), to, positionsIn * b / bands, positionsIn * (b + 1) / bands);
    });
  }
  walk.give(inputs[0], {recipe->rows, to});
}

/// Input positions from .. until-1: a sum there takes its output positions in ascending order, whatever the bands are.
void ConvOperation::spreadBand(const Walk& walk, const MixRecipe& recipe, const Joint& joint, const float* rows, const BlockPtr& to, int64_t from,
                               int64_t until) const {
  const LaneKernels& kernels = laneKernels(walk.frame.kernels);
  const int32_t first = recipe.wanted.offsets[from], last = recipe.wanted.offsets[until];
  std::fill(walk.row(to, first), walk.row(to, last), 0.0f);
  const Buffer sums(taps * channelsIn * planeLanes);
  std::vector<const float*> weights(taps * channelsIn), scalars(taps * channelsIn);
  for (int64_t i = 0; i < taps * channelsIn; i++) weights[i] = &backwardWeights_[termOf(0, i / channelsIn) + scalarOf(i % channelsIn)];
  std::vector<int32_t> positions(taps);
  TermList terms;
  for (int64_t o = 0; o < positionsOut; o++) {
    const int32_t alive = recipe.alive.offsets[o], count = recipe.alive.offsets[o + 1] - alive;
    if (count == 0) continue;
    int64_t reached = 0;
    for (int32_t k = byOutput.offsets[o]; k < byOutput.offsets[o + 1]; k++) {
      if (byOutput.position[k] < from || byOutput.position[k] >= until) continue;
      std::copy_n(&weights[byOutput.tap[k] * channelsIn], channelsIn, &scalars[reached * channelsIn]);
      positions[reached++] = byOutput.position[k];
    }
    if (reached == 0) continue;
    terms.clear();
    terms.add(recipe.alive, alive, alive + count, 1, 0);
    kernels.mix({rows, terms.place(), terms.scalar(), count, scalars.data(), reached * channelsIn, sums.data(), true, false, nullptr, nullptr, 0, planeLanes});
    for (int64_t i = 0; i < reached; i++) {
      const int64_t position = positions[i], wanted = recipe.wanted.count(position);
      const float* const given = sums.data() + i * channelsIn * planeLanes;
      if (wanted == channelsIn) {
        add(walk.row(to, recipe.wanted.offsets[position]), given, channelsIn);
        continue;
      }
      for (int64_t ci = 0; ci < channelsIn && wanted > 0; ci++) {
        const int32_t row = recipe.rows->row[ci * positionsIn + position];
        if (row >= 0) add(walk.row(to, row), given + ci * planeLanes, 1);
      }
    }
  }
  if (joint.recipe) takeUp(walk, joint, walk.view(to), first, last);
}

}  // namespace agon
