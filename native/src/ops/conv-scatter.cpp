// Backward through the first convolution of a small picture: every output position adds, channel by channel, what it gives to the input under each of its
// taps. A sum takes its terms in the same order as where every input position lists them, so these are the same bits; but a picture of few channels would
// spend its time on many short lists.
#include <algorithm>

#include "conv.h"

namespace agon {

namespace {

/// Channels of a picture.
constexpr int64_t mostScattered = 4;
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

void ConvOperation::findScatter() {
  if (groups > 1 || taps == 1 || channelsIn > mostScattered || positionsIn * channelsIn * rowBytes(1) > mostBytes) return;
  if (!ascend(byInput) || !ascend(byOutput)) return;
  for (size_t k = 0; k < byOutput.position.size(); k++) {
    for (int64_t ci = 0; ci < channelsIn; ci++) {
      scatterShifts_.push_back(static_cast<int32_t>(termOf(0, byOutput.tap[k]) + scalarOf(ci)));
      scatterRows_.push_back(static_cast<int32_t>(byOutput.position[k] * channelsIn + ci));
    }
  }
}

bool ConvOperation::isScattered(const Walk& walk) const {
  return !scatterRows_.empty() && walk.precision == Precision::Fp32 && positionsIn * channelsIn * rowBytes(walk.planes()) <= mostBytes;
}

/// Input positions that an output position with cotangents reaches; or all, where it is most of them anyway: where all are wanted, rows are where scatterRows_
/// says, then.
std::vector<uint8_t> ConvOperation::scatterReached(const Lists& alive) const {
  int64_t open = 0;
  for (int64_t o = 0; o < positionsOut; o++) open += alive.count(o) > 0;
  if (4 * open >= 3 * positionsOut) return std::vector<uint8_t>(positionsIn, 1);
  std::vector<uint8_t> reached(positionsIn, 0);
  for (int64_t o = 0; o < positionsOut; o++)
    for (int32_t k = byOutput.offsets[o]; alive.count(o) > 0 && k < byOutput.offsets[o + 1]; k++) reached[byOutput.position[k]] = 1;
  return reached;
}

std::shared_ptr<const MixRecipe> ConvOperation::scatterRecipe(Walk& walk, const RowsPtr& g) const {
  return walk.recipeOfMask<MixRecipe>(2, inputs[0], {g}, 0, [&] {
    auto recipe = std::make_shared<MixRecipe>();
    recipe->alive = listAlive(walk.frame, *g, outputLayout());
    const std::vector<int32_t> items = inputItems();
    FreshRows fresh = listFresh(walk.frame, walk.mask(inputs[0]), inputLayout(items), scatterReached(recipe->alive));
    if (!fresh.rows) return recipe;
    recipe->rows = std::move(fresh.rows);
    recipe->wanted = std::move(fresh.lists);
    const bool isWhole = recipe->rows->count == positionsIn * channelsIn;
    for (int64_t o = 0; o < positionsOut; o++) {
      const int64_t alive = recipe->alive.count(o), first = byOutput.offsets[o], last = byOutput.offsets[o + 1];
      if (isWhole) recipe->products += alive * (last - first) * channelsIn;
      for (int64_t k = first; !isWhole && alive > 0 && k < last; k++) recipe->products += alive * recipe->wanted.count(byOutput.position[k]);
    }
    return recipe;
  });
}

void ConvOperation::backwardScattered(Walk& walk) const {
  const Cotangent g = walk.take(outputs[0]);
  const auto recipe = scatterRecipe(walk, g.rows);
  if (!recipe->rows) return;
  const Joint joint = walk.join(1, inputs[0], recipe->rows);
  const BlockPtr block = walk.allocate(recipe->rows->count);
  if (!walk.dry) {
    const RowView to = walk.view(block);
    const int64_t bands = walk.frame.pool.threads();
    walk.frame.pool.each(bands, grainOf(bands, static_cast<double>(recipe->products * walk.planes())), [&](int64_t first, int64_t last) {
      const int64_t begin = positionsIn * first / bands, end = positionsIn * last / bands;
      const int32_t low = recipe->wanted.offsets[begin], high = recipe->wanted.offsets[end];
      for (int p = 0; p < to.planes; p++) std::fill(to.row(low) + p * to.step, to.row(high) + p * to.step, 0.0f);
      scatterBand(walk, *recipe, walk.view(g.block), to, begin, end);
      if (joint.recipe) takeUp(walk, joint, to, low, high);
    });
  }
  walk.give(inputs[0], {recipe->rows, block});
}

/// The sums of input positions begin .. end-1.
void ConvOperation::scatterBand(const Walk& walk, const MixRecipe& recipe, const RowView& from, const RowView& to, int64_t begin, int64_t end) const {
  const AliveLists& alive = recipe.alive;
  const Lists& wanted = recipe.wanted;
  const bool isWhole = recipe.rows->count == positionsIn * channelsIn;
  std::vector<int32_t> shifts(taps * channelsIn), rows(taps * channelsIn);
  const auto [first, last] = readersOf(byInput, begin, end, positionsOut);
  for (int64_t o = first; o < last; o++) {
    const int64_t low = alive.offsets[o], count = alive.offsets[o + 1] - low;
    const int32_t open = byOutput.offsets[o], close = byOutput.offsets[o + 1];
    if (count == 0 || open == close) continue;
    SpreadSums sums = {scatterShifts_.data() + open * channelsIn, scatterRows_.data() + open * channelsIn, to.row(0), (close - open) * channelsIn};
    if (!isWhole || byOutput.position[open] < begin || byOutput.position[close - 1] >= end) {
      sums = {shifts.data(), rows.data(), to.row(0), 0};
      for (int32_t k = open; k < close; k++) {
        const int64_t p = byOutput.position[k];
        if (p < begin || p >= end) continue;
        for (int32_t row = wanted.offsets[p]; row < wanted.offsets[p + 1]; row++) {
          rows[sums.count] = row;
          shifts[sums.count++] = static_cast<int32_t>(termOf(0, byOutput.tap[k])) + wanted.item[row];
        }
      }
    }
    const Terms terms = {backwardWeights_.data(), from.row(0), alive.item.data() + low, alive.row.data() + low, count};
    walk.frame.kernels.scatter(terms, sums, {walk.planes(), from.step, to.step});
  }
}

}  // namespace agon
