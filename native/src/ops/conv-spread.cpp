// Backward through a convolution of few channels in, in passes of one label per example: every output position sums, over its channels, what it gives to the
// input under each of its taps, and adds that there. The positions of the input, with their few sums of many short lists, would be mostly lists.
#include <algorithm>

#include "../batch/batch.h"
#include "conv.h"
#include "whole-rows.h"

namespace agon {

namespace {

constexpr int64_t mostChannels = 4;
/// Pieces of the input per thread.
constexpr int64_t bandsEach = 4;
/// Output positions that take the weights while they are near, where all rows are there.
constexpr int64_t spreadTogether = 6;

struct WholeSpread : Recipe {
  bool isWhole = false;
};

void add(float* to, const float* from, int64_t rows) {
  for (int64_t i = 0; i < rows * planeLanes; i++) to[i] += from[i];
}

}  // namespace

bool ConvOperation::maySpread() const { return groups == 1 && taps > 1 && channelsIn <= mostChannels && channelsOut >= 2 * planeLanes; }

/// For the sums of all channels out: tap by tap its channels in.
void ConvOperation::packSpread() {
  if (!maySpread() || channelsOut % planeLanes != 0) return;
  const int64_t sums = taps * channelsIn;
  spreadWeights_ = Buffer((sums + planeLanes - 1) / planeLanes * planeLanes * channelsOut);
  std::fill_n(spreadWeights_.data(), spreadWeights_.size(), 0.0f);
  for (int64_t i = 0; i < sums; i++)
    for (int64_t co = 0; co < channelsOut; co++)
      spreadWeights_.data()[(i / planeLanes * channelsOut + co) * planeLanes + i % planeLanes] = backwardWeights_[termOf(co, i / channelsIn) + scalarOf(i % channelsIn)];
}

/// Where every element of both sides has a row, which lie in order: no table depends on the example, and no list is read.
bool ConvOperation::spreadWhole(Walk& walk, const Cotangent& g) const {
  if (spreadWeights_.size() == 0) return false;
  const auto recipe = walk.recipeOfMask<WholeSpread>(2, inputs[0], {g.rows}, 0, [&] {
    auto made = std::make_shared<WholeSpread>();
    made->isWhole = isWhole(*g.rows, channelsOut, positionsOut) && isWhole(walk.mask(inputs[0]));
    if (!made->isWhole) return made;
    made->rows = wholeRows(channelsIn, positionsIn);
    made->products = static_cast<int64_t>(byOutput.position.size()) * channelsIn * channelsOut;
    return made;
  });
  if (!recipe->isWhole) return false;
  const Joint joint = walk.join(1, inputs[0], recipe->rows);
  const BlockPtr to = walk.allocate(recipe->rows->count);
  if (!walk.dry) {
    const int64_t bands = std::min(positionsIn, bandsEach * walk.frame.pool.threads());
    walk.frame.pool.each(bands, 1, [&](int64_t begin, int64_t end) {
      for (int64_t b = begin; b < end; b++) {
        const int64_t from = positionsIn * b / bands, until = positionsIn * (b + 1) / bands;
        spreadWholeBand(walk, g.block->data(), to, from, until);
        if (joint.recipe) takeUp(walk, joint, walk.view(to), from * channelsIn, until * channelsIn);
      }
    });
  }
  walk.give(inputs[0], {recipe->rows, to});
  return true;
}

/// Output positions in ascending order, some neighbours at a time; of their sums only the panels of taps that reach the band.
void ConvOperation::spreadWholeBand(const Walk& walk, const float* rows, const BlockPtr& to, int64_t from, int64_t until) const {
  const LaneKernels& kernels = laneKernels(walk.frame.kernels);
  std::fill(walk.row(to, from * channelsIn), walk.row(to, until * channelsIn), 0.0f);
  const int64_t most = (taps * channelsIn + planeLanes - 1) / planeLanes * planeLanes;
  const Buffer sums(spreadTogether * most * planeLanes);
  const auto isIn = [&](int32_t k) { return byOutput.position[k] >= from && byOutput.position[k] < until; };
  int64_t first = positionsOut, last = 0;
  for (int32_t k = byInput.offsets[from]; k < byInput.offsets[until]; k++) {
    first = std::min<int64_t>(first, byInput.position[k]);
    last = std::max<int64_t>(last, byInput.position[k] + 1);
  }
  for (int64_t o = first; o < last;) {
    int64_t end = o, leastTap = taps, mostTap = 0;
    for (; end < std::min(last, o + spreadTogether); end++) {
      bool reaches = false;
      for (int32_t k = byOutput.offsets[end]; k < byOutput.offsets[end + 1]; k++) {
        if (!isIn(k)) continue;
        reaches = true;
        leastTap = std::min<int64_t>(leastTap, byOutput.tap[k]);
        mostTap = std::max<int64_t>(mostTap, byOutput.tap[k]);
      }
      if (!reaches) break;
    }
    if (end == o) {
      o++;
      continue;
    }
    const int64_t begin = leastTap * channelsIn / planeLanes * planeLanes;
    const int64_t outputs = std::min(most, ((mostTap + 1) * channelsIn + planeLanes - 1) / planeLanes * planeLanes) - begin;
    kernels.tileSum({spreadWeights_.data(), channelsOut * planeLanes, channelsOut, begin, begin + outputs, end - o, rows + o * channelsOut * planeLanes,
                     sums.data(), false});
    for (int64_t i = o; i < end; i++)
      for (int32_t k = byOutput.offsets[i]; k < byOutput.offsets[i + 1]; k++)
        if (isIn(k)) add(walk.row(to, byOutput.position[k] * channelsIn), sums.data() + ((i - o) * outputs + byOutput.tap[k] * channelsIn - begin) * planeLanes, channelsIn);
    o = end;
  }
}

void ConvOperation::backwardSpread(Walk& walk) const {
  const Cotangent g = walk.take(outputs[0]);
  if (spreadWhole(walk, g)) return;
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
