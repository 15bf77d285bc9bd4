#include "conv.h"

#include <algorithm>

namespace agon {

namespace {

/// Weights of so many bytes stay in the caches however they lie.
constexpr int64_t panelBytes = 64 << 10;

}  // namespace

void ConvOperation::findShortcuts() {
  const bool isSmall = static_cast<int64_t>(sizeof(float)) * taps * channelsOut * groupIn() <= panelBytes;
  while (isSmall && panelWidth_ < planeLanes && panelWidth_ < groupIn()) panelWidth_ *= 2;
  isDepthwise_ = groups > 1 && groupIn() == 1 && groupOut() == 1;
  for (int64_t p = 0; p < positionsIn; p++) isDepthwise_ = isDepthwise_ && byInput.offsets[p + 1] - byInput.offsets[p] <= mostDepthwiseTaps;
  isPointwise_ = groups == 1 && taps == 1 && positionsIn == positionsOut && static_cast<int64_t>(byInput.position.size()) == positionsIn;
  for (int64_t p = 0; p < positionsIn && isPointwise_; p++) isPointwise_ = byInput.offsets[p] == p && byInput.position[p] == p;
  if (isDepthwise_) reach_ = reachOf(byInput, positionsOut);
  findScatter();
  findNear();
  findTiles();
}

bool ConvOperation::readsUnmade() const { return isDepthwise_ || (isPointwise_ && cutOf().cut.isWhole()); }

std::vector<int32_t> ConvOperation::inputItems() const {
  std::vector<int32_t> items(groupIn());
  for (int64_t ci = 0; ci < groupIn(); ci++) items[ci] = static_cast<int32_t>(scalarOf(ci));
  return items;
}

/// The weights in panels of 16 input channels, the last one filled up with zeros; made when they are first needed, if they are not what lies there anyway.
const float* ConvOperation::widePanels(Pool& pool) const {
  if (panelWidth() == planeLanes) return backwardWeights_.data();
  std::call_once(wideMade_, [&] {
    const int64_t lines = taps * channelsOut, in = groupIn();
    widePanels_ = Buffer((in + planeLanes - 1) / planeLanes * lines * planeLanes);
    pool.each((in + planeLanes - 1) / planeLanes, 1, [&](int64_t begin, int64_t end) {
      for (int64_t panel = begin; panel < end; panel++) {
        float* to = widePanels_.data() + panel * lines * planeLanes;
        for (int64_t line = 0; line < lines; line++)
          for (int64_t ci = panel * planeLanes; ci < (panel + 1) * planeLanes; ci++)
            *to++ = ci < in ? backwardWeights_[line * panelWidth() + scalarOf(ci)] : 0.0f;
      }
    });
  });
  return widePanels_.data();
}

std::shared_ptr<const MixRecipe> ConvOperation::mixRecipeFor(Walk& walk, const RowsPtr& g, const RowsPtr& held) const {
  return walk.recipeOfMask<MixRecipe>(0, inputs[0], {g, held}, 0, [&] {
    const std::vector<int32_t> items = inputItems();
    const auto termsOf = [&](const Lists& alive, int64_t bucket) {
      const int64_t position = bucket / groups, group = bucket % groups;
      int64_t terms = 0;
      for (int32_t k = byInput.offsets[position]; k < byInput.offsets[position + 1]; k++) terms += alive.count(byInput.position[k] * groups + group);
      return terms;
    };
    return mixRecipe(walk.frame, *g, outputLayout(), walk.mask(inputs[0]), inputLayout(items), termsOf, held.get());
  });
}

/// Per input position and group: the alive (tap, output channel) rows, summed into the rows of the wanted input channels.
void ConvOperation::backward(Walk& walk) const {
  if (isTiled(walk.frame)) return backwardTiles(walk);
  if (isSpread(walk.frame)) return backwardSpread(walk);
  if (isDepthwise_) return backwardDepthwise(walk);
  if (walk.frame.distinct < planeLanes && tapsDescend && !readsUnmade()) return backwardBatch(walk);  // one label alone: channels in lanes
  if (isScattered(walk)) return backwardScattered(walk);
  Cotangent g = readsUnmade() ? walk.takeUnmade(outputs[0], positionsOut) : walk.take(outputs[0]);
  const auto recipe = mixRecipeFor(walk, g.rows, walk.rowsOf(inputs[0]));
  if (!recipe->rows) return;
  const auto listOf = [this, recipe, &kernels = walk.frame.kernels](int64_t bucket, int64_t firstTap, int64_t lastTap, TermList& list) {
    const AliveLists& alive = recipe->alive;
    const int64_t position = bucket / groups, group = bucket % groups, open = byInput.offsets[position], count = byInput.offsets[position + 1] - open;
    const TapTerms terms = {byInput.tap.data() + open, byInput.position.data() + open, count, alive.offsets.data(), alive.item.data(), alive.row.data(), groups, group,
                            static_cast<int32_t>(termOf(0, 1)), static_cast<int32_t>(termOf(group * groupOut(), 0)),
                            static_cast<int32_t>(firstTap), static_cast<int32_t>(lastTap)};
    list.list(kernels, terms, count * groupOut());
  };
  const auto whole = [this, listOf](int64_t bucket, int64_t, TermList& list) { listOf(bucket, 0, taps, list); };
  const float* const scalars = backwardWeights_.data();
  if (groups == 1 && walk.sinks(inputs[0], channelsIn)) {
    const Cotangent made = walk.made(std::move(g));
    if (!walk.dry) sinkRows(walk, *recipe, {scalars, walk.view(made.block)}, channelsIn, whole, [this](int32_t item) { return channelOf(item); });
    walk.sunk = true;
    return;
  }
  const Joint joint = walk.join(1, inputs[0], recipe->rows);
  const TapCut by = cutOf();
  if (groups == 1 && by.cut.isWhole()) {
    const double work = static_cast<double>(recipe->products);
    const auto stage = std::make_shared<Stage>(Stage{std::move(g), recipe, &recipe->wanted.offsets, work, nullptr, index});
    stage->body = [&walk, recipe, joint, scalars, whole](int64_t begin, int64_t end, const RowView& from, const RowView& to) {
      mixTasks(walk, *recipe, {scalars, from}, to, joint, {}, begin, end, whole);
    };
    return walk.giveUnmade(inputs[0], recipe->rows, stage);
  }
  const BlockPtr to = walk.allocate(recipe->rows->count);
  if (!walk.dry) {
    mixRows(walk, *recipe, {scalars, walk.view(g.block)}, walk.view(to), joint, by.cut, [&](int64_t bucket, int64_t segment, TermList& list) {
      listOf(bucket, taps - (segment + 1) * by.taps, taps - segment * by.taps, list);
    });
  }
  walk.give(inputs[0], {recipe->rows, to});
}

/// Segments are taps from the last to the first, the order in which the terms of a sum come by ascending output position.
ConvOperation::TapCut ConvOperation::cutOf() const {
  const int64_t panels = (groupIn() + panelWidth() - 1) / panelWidth();
  const int64_t panelTap = static_cast<int64_t>(sizeof(float)) * channelsOut * panelWidth();
  if (panels * panelTap * taps <= scalarBytes) return {{}, taps};
  const int64_t together = std::min(panels, std::max<int64_t>(4, segmentBytes / panelTap));
  const int64_t each = std::min(taps, std::max<int64_t>(1, segmentBytes / (panelTap * together)));
  Cut cut;
  cut.slices = (panels + together - 1) / together;
  cut.width = together * panelSize();
  cut.segments = (taps + each - 1) / each;
  cut.strip = stripOf(cut, together * panelWidth() / 2);
  return {cut, each};
}

void readConv(Maker& maker, ConvOperation& op, bool isTransposed) {
  static_cast<ConvTables&>(op) = readConvTables(maker, isTransposed);
  op.findShortcuts();
  op.tapsDescend = descend(op.byInput);
}

std::unique_ptr<Operation> makeConv(Maker& maker) {
  auto op = std::make_unique<ConvOperation>();
  readConv(maker, *op, false);
  const int64_t in = op->groupIn(), taps = op->taps;
  const auto& w = maker.constant(1, op->channelsOut * in * taps);
  op->pack([&](int64_t co, int64_t ci, int64_t t) { return w[(co * in + ci) * taps + t]; });
  return op;
}

}  // namespace agon
