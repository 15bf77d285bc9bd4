// Backward pass of convolutions in which every channel is a group of its own: at most `taps` rows per sum, so that finding them is most of the work.
#include "conv.h"

namespace agon {

namespace {

/// rowAt[position * channels + channel]: the row of that output element, or -1. `wanted` lists the channels of every input position.
struct DepthwiseRecipe : Recipe {
  Table rowAt;
  Lists wanted;
  int64_t bytes() const override { return Recipe::bytes() + 4 * static_cast<int64_t>(rowAt.size()) + wanted.bytes(); }
};

/// Positions per piece of work.
int64_t positionGrain(int64_t channels) { return std::max<int64_t>(1, 8192 / channels); }

/// [channel][position] -> [position][channel] for the positions begin .. end-1.
template <class From, class To>
void turn(const From* from, To* to, int64_t channels, int64_t positions, int64_t begin, int64_t end) {
  for (int64_t c = 0; c < channels; c++)
    for (int64_t p = begin; p < end; p++) to[(p - begin) * channels + c] = static_cast<To>(from[c * positions + p]);
}

}  // namespace

std::shared_ptr<Recipe> ConvOperation::depthwiseRecipe(Pool& pool, const Rows& g, const Mask& mask) const {
  auto recipe = std::make_shared<DepthwiseRecipe>();
  const int64_t channels = groups;
  recipe->rowAt.resize(positionsOut * channels);
  int32_t* const rowAt = recipe->rowAt.data();
  pool.each(positionsOut, positionGrain(channels), [&](int64_t begin, int64_t end) {
    turn(g.row.data(), rowAt + begin * channels, channels, positionsOut, begin, end);
  });
  // Alive taps of every wanted element, turned; then as a list.
  std::vector<uint8_t, Unset<uint8_t>> alive(positionsIn * channels);
  auto& offsets = recipe->wanted.offsets;
  offsets.assign(positionsIn + 1, 0);
  std::vector<int64_t> products(positionsIn, 0);
  pool.each(positionsIn, positionGrain(channels), [&](int64_t begin, int64_t end) {
    turn(mask.data(), &alive[begin * channels], channels, positionsIn, begin, end);
    std::vector<uint8_t> count(channels);
    for (int64_t p = begin; p < end; p++) {
      std::fill(count.begin(), count.end(), uint8_t{0});
      for (int32_t k = byInput.offsets[p]; k < byInput.offsets[p + 1]; k++) {
        const int32_t* row = rowAt + byInput.position[k] * channels;
        for (int64_t c = 0; c < channels; c++) count[c] = static_cast<uint8_t>(count[c] + (row[c] >= 0));
      }
      uint8_t* const at = &alive[p * channels];
      for (int64_t c = 0; c < channels; c++) {
        at[c] = at[c] ? count[c] : 0;
        products[p] += at[c];
        offsets[p + 1] += at[c] > 0;
      }
    }
  });
  for (int64_t p = 0; p < positionsIn; p++) {
    offsets[p + 1] += offsets[p];
    recipe->products += products[p];
  }
  if (offsets.back() == 0) return recipe;
  recipe->wanted.item.resize(offsets.back());
  auto rows = std::make_shared<Rows>();
  rows->count = offsets.back();
  rows->distinct = true;
  rows->row.resize(mask.size());
  pool.each(positionsIn, positionGrain(channels), [&](int64_t begin, int64_t end) {
    std::vector<int32_t> fresh((end - begin) * channels, -1);
    for (int64_t p = begin; p < end; p++) {
      int32_t next = offsets[p];
      for (int64_t c = 0; c < channels; c++) {
        if (alive[p * channels + c] == 0) continue;
        recipe->wanted.item[next] = static_cast<int32_t>(c);
        fresh[(p - begin) * channels + c] = next++;
      }
    }
    for (int64_t c = 0; c < channels; c++)
      for (int64_t p = begin; p < end; p++) rows->row[c * positionsIn + p] = fresh[(p - begin) * channels + c];
  });
  recipe->rows = std::move(rows);
  return recipe;
}

void ConvOperation::backwardDepthwise(Walk& walk) const {
  Cotangent g = walk.takeUnmade(outputs[0], positionsOut);
  const auto found = walk.recipeOfMask<Recipe>(0, inputs[0], {g.rows}, 0, [&] { return depthwiseRecipe(walk.frame.pool, *g.rows, walk.mask(inputs[0])); });
  if (!found->rows) return;
  const auto recipe = std::static_pointer_cast<const DepthwiseRecipe>(found);
  const double work = 10.0 * static_cast<double>(recipe->rows->count);
  const auto stage = std::make_shared<Stage>(Stage{std::move(g), recipe, &recipe->wanted.offsets, work, nullptr, index, &reach_});
  stage->body = [this, &walk, recipe](int64_t begin, int64_t end, const RowView& from, const RowView& to) {
    const Planes planes = {to.planes, from.step, to.step};
    int32_t shift[mostDepthwiseTaps] = {};
    for (int64_t p = begin; p < end; p++) {
      const int32_t first = recipe->wanted.offsets[p], tap = byInput.offsets[p];
      const int32_t taps = byInput.offsets[p + 1] - tap;
      for (int32_t k = 0; k < taps && from.ring; k++) shift[k] = static_cast<int32_t>(from.ring->shift(byInput.position[tap + k]));
      const DepthwiseSum sum = {byInput.tap.data() + tap, byInput.position.data() + tap, shift, taps,
                                recipe->rowAt.data(),     backwardWeights_.data(),       groups};
      walk.depthwise()(sum, recipe->wanted.item.data() + first, recipe->wanted.offsets[p + 1] - first, from.data, to.row(first), planes);
    }
  };
  walk.giveUnmade(inputs[0], recipe->rows, stage);
}

}  // namespace agon
