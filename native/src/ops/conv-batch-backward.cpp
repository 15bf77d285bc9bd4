// Convolution of up to 16 examples in lanes, backward.
#include <algorithm>

#include "conv-ranges.h"

namespace agon {

/// As backward() does it, but stretch by stretch. Terms come by ascending output position, so by descending tap.
void ConvOperation::backwardBatch(Walk& walk) const {
  if (isDepthwise_ || !tapsDescend || isTiled(walk.frame) || isSpread(walk.frame)) return backward(walk);
  const Cotangent g = walk.take(outputs[0]);
  if (mayGoWhole(walk.frame) && backwardWhole(walk, g)) return;
  const auto recipe = mixRecipeFor(walk, g.rows);
  if (!recipe->rows) return;
  const Joint joint = walk.join(1, inputs[0], recipe->rows);
  const BlockPtr to = walk.allocate(recipe->rows->count);
  if (!walk.dry) {
    if (isFew(walk)) widePanels(walk.frame.pool);  // made here, by all threads
    const int64_t tiles = (positionsIn + tilePositions - 1) / tilePositions;
    walk.frame.pool.each(groups * tiles, 1, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; i++) {
        const int64_t first = i % tiles * tilePositions;
        backwardBatchTile(walk, *recipe, g.block->data(), to->data(), i / tiles, first, std::min(tilePositions, positionsIn - first));
        for (int64_t p = first; joint.recipe && p < std::min(positionsIn, first + tilePositions); p++)
          takeUp(walk, joint, walk.view(to), recipe->wanted.offsets[p * groups + i / tiles], recipe->wanted.offsets[p * groups + i / tiles + 1]);
      }
    });
  }
  walk.give(inputs[0], {recipe->rows, to});
}

namespace {

/// The outputs of one position: where their scalars are or, for few examples, those of the wide panels that they lie in, and each output's place in the
/// sums of these.
struct Outputs {
  std::vector<const float*> scalars, panels;
  std::vector<int32_t> place;
  int32_t next = 0;
  bool begins = true;

  int64_t count() const { return static_cast<int64_t>(scalars.size() + place.size()); }
};

}  // namespace

void ConvOperation::backwardBatchTile(const Walk& walk, const MixRecipe& recipe, const float* rows, float* to, int64_t group, int64_t first,
                                      int64_t count) const {
  const int64_t out = groupOut(), width = panelWidth(), wideSize = taps * channelsOut * planeLanes;
  const int examples = isFew(walk) ? walk.frame.distinct : 0, lanes = std::max(8, walk.frame.distinct);
  const LaneKernels& kernels = laneKernels(walk.frame.kernels);
  const AliveLists& alive = recipe.alive;
  const float* const wide = examples > 0 ? widePanels(walk.frame.pool) : nullptr;
  const int64_t fewSize = (groupIn() + planeLanes - 1) / planeLanes * planeLanes * examples;
  const Buffer few(fewSize * tilePositions);
  Outputs outputs[tilePositions];
  for (int64_t p = 0; p < count; p++) {
    const int64_t bucket = (first + p) * groups + group;
    Outputs& of = outputs[p];
    of.next = byInput.offsets[first + p];
    int64_t latest = -1;
    for (int32_t i = recipe.wanted.offsets[bucket]; i < recipe.wanted.offsets[bucket + 1]; i++) {
      if (examples == 0) {
        of.scalars.push_back(backwardWeights_.data() + recipe.wanted.item[i]);
        continue;
      }
      const int64_t channel = channelOf(recipe.wanted.item[i]), panel = channel / planeLanes;
      if (panel != latest) of.panels.push_back(wide + panel * wideSize);
      latest = panel;
      of.place.push_back(static_cast<int32_t>((static_cast<int64_t>(of.panels.size()) - 1) * examples * planeLanes + channel % planeLanes));
    }
  }
  const std::vector<Range> ranges = rangesOf(taps, out, groupIn());
  TermList terms;
  for (const Range& range : ranges) {
    const int64_t leastTap = taps - range.toTap;
    for (int64_t p = 0; p < count; p++) {
      Outputs& of = outputs[p];
      if (of.count() == 0) continue;
      terms.clear();
      int32_t k = of.next;
      for (; k < byInput.offsets[first + p + 1] && byInput.tap[k] >= leastTap; k++) {
        const int64_t bucket = byInput.position[k] * groups + group;
        const int32_t* const item = alive.item.data();
        const auto [from, until] = within(item + alive.offsets[bucket], item + alive.offsets[bucket + 1], range.from * width, range.to * width);
        const int64_t stride = examples > 0 ? planeLanes / width : 1;
        terms.add(alive, from - item, until - item, stride, termOf(group * out, byInput.tap[k]) * stride);
      }
      if (range.to == out) of.next = k;
      if (terms.count() == 0) continue;
      if (examples > 0) {
        kernels.mixFew({rows, terms.place(), terms.scalar(), terms.count(), of.panels.data(), static_cast<int64_t>(of.panels.size()),
                        few.data() + p * fewSize, of.begins, examples});
      } else {
        float* const sums = to + static_cast<int64_t>(recipe.wanted.offsets[(first + p) * groups + group]) * batchLanes;
        kernels.mix({rows, terms.place(), terms.scalar(), terms.count(), of.scalars.data(), static_cast<int64_t>(of.scalars.size()), sums,
                     of.begins, false, nullptr, nullptr, 0, lanes});
      }
      of.begins = false;
    }
  }
  for (int64_t p = 0; examples > 0 && p < count; p++) {
    float* const sums = to + static_cast<int64_t>(recipe.wanted.offsets[(first + p) * groups + group]) * batchLanes;
    for (size_t i = 0; i < outputs[p].place.size(); i++) writeFew(few.data() + p * fewSize + outputs[p].place[i], examples, sums + i * batchLanes);
  }
}

}  // namespace agon
