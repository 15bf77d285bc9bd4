#include "conv.h"

#include <algorithm>

namespace agon {

namespace {

/// Output positions that the forward pass computes together.
constexpr int64_t blockPositions = 12;
/// Channels of a group from which on they are turned to lie side by side, rather than collected block by block.
constexpr int64_t leastTurned = 16;
constexpr int32_t counting[blockPositions] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};

}  // namespace

void ConvOperation::forward(Frame& frame) const {
  if (isTiled(frame)) return forwardTiles(frame);
  if (isDirect()) return forwardDirect(frame);
  const float* x = frame.data[inputs[0]];
  float* y = frame.write(outputs[0]);
  const bool turns = groupIn() >= leastTurned;
  const Buffer turned = turns ? turnInput(frame, x) : Buffer();
  const int64_t blocks = (positionsOut + blockPositions - 1) / blockPositions;
  const double products = static_cast<double>(byOutput.position.size()) * static_cast<double>(channelsIn * paddedOut() / planeLanes);
  frame.pool.each(groups * blocks, grainOf(groups * blocks, products), [&](int64_t begin, int64_t end) {
    std::vector<Term> terms;
    std::vector<float> panel(turns ? 0 : taps * groupIn() * blockPositions);
    const Buffer sums(blockPositions * paddedOut());
    for (int64_t i = begin; i < end; i++) {
      const int64_t group = i / blocks, from = i % blocks * blockPositions, count = std::min(blockPositions, positionsOut - from);
      if (turns) {
        sumTurned(frame, turned.data() + group * (positionsIn + 1) * groupIn(), group, from, count, terms, sums);
      } else {
        sumPanel(frame, x, group, from, count, terms, panel, sums);
      }
      for (int64_t co = 0; co < groupOut(); co++) {
        const int64_t channel = group * groupOut() + co;
        for (int64_t r = 0; r < count; r++)
          y[channel * positionsOut + from + r] = sums.data()[r * paddedOut() + co] + (bias.empty() ? 0.0f : bias[channel]);
      }
    }
  });
}

/// x as [group][position][channel in group], with a position of zeros at the end of each group.
Buffer ConvOperation::turnInput(Frame& frame, const float* x) const {
  const int64_t in = groupIn();
  Buffer turned(groups * (positionsIn + 1) * in);
  float* const to = turned.data();
  frame.pool.each(positionsIn, std::max<int64_t>(1, 16384 / channelsIn), [&](int64_t begin, int64_t end) {
    for (int64_t from = begin; from < end; from += planeLanes) {
      const int64_t until = std::min<int64_t>(end, from + planeLanes);
      for (int64_t c = 0; c < channelsIn; c++)
        for (int64_t p = from; p < until; p++) to[(c / in * (positionsIn + 1) + p) * in + c % in] = x[c * positionsIn + p];
    }
  });
  for (int64_t g = 0; g < groups; g++) std::fill_n(to + (g * (positionsIn + 1) + positionsIn) * in, in, 0.0f);
  return turned;
}

/// Sums tap by tap: a term is an input channel, and where its scalar lies depends on the output position alone.
void ConvOperation::sumTurned(const Frame& frame, const float* x, int64_t group, int64_t from, int64_t count, std::vector<Term>& terms,
                              const Buffer& sums) const {
  const int64_t in = groupIn(), padded = paddedOut();
  std::vector<int32_t> at(taps * count, static_cast<int32_t>(positionsIn * in));
  std::vector<uint8_t> used(taps, 0);
  for (int64_t r = 0; r < count; r++) {
    for (int32_t k = byOutput.offsets[from + r]; k < byOutput.offsets[from + r + 1]; k++) {
      at[byOutput.tap[k] * count + r] = static_cast<int32_t>(byOutput.position[k] * in);
      used[byOutput.tap[k]] = 1;
    }
  }
  float* out[blockPositions];
  for (int64_t r = 0; r < count; r++) out[r] = sums.data() + r * padded;
  Planes planes = {static_cast<int>(padded / planeLanes), taps * in * planeLanes, planeLanes};
  const float* const weights = forwardScalars(group, 0);
  terms.resize(in);
  for (int64_t t = 0; t < taps; t++) {
    if (!used[t] && (t + 1 < taps || planes.goesOn)) continue;
    for (int64_t ci = 0; ci < in; ci++) terms[ci] = {x + ci, weights + (t * in + ci) * planeLanes};
    frame.kernels.combine(terms.data(), used[t] ? in : 0, &at[t * count], out, count, planes);
    planes.goesOn = true;
  }
}

/// Collects the inputs of `count` output positions in a panel [tap][channel][position], 0 where a position lacks a tap, and sums
/// panel scalars times weight rows.
void ConvOperation::sumPanel(const Frame& frame, const float* x, int64_t group, int64_t from, int64_t count, std::vector<Term>& terms,
                             std::vector<float>& panel, const Buffer& sums) const {
  const int64_t in = groupIn(), padded = paddedOut();
  std::vector<int32_t> users(taps, 0);
  for (int32_t k = byOutput.offsets[from]; k < byOutput.offsets[from + count]; k++) users[byOutput.tap[k]]++;
  terms.clear();
  for (int64_t t = 0; t < taps; t++) {
    if (users[t] == 0) continue;
    float* at = &panel[t * in * blockPositions];
    if (users[t] < count) std::fill(at, at + in * blockPositions, 0.0f);
    for (int64_t ci = 0; ci < in; ci++)
      terms.push_back({at + ci * blockPositions, forwardScalars(group, 0) + (t * in + ci) * planeLanes});
  }
  for (int64_t r = 0; r < count; r++) {
    for (int32_t k = byOutput.offsets[from + r]; k < byOutput.offsets[from + r + 1]; k++) {
      const float* source = x + group * in * positionsIn + byOutput.position[k];
      float* at = &panel[byOutput.tap[k] * in * blockPositions + r];
      for (int64_t ci = 0; ci < in; ci++) at[ci * blockPositions] = source[ci * positionsIn];
    }
  }
  float* out[blockPositions];
  for (int64_t r = 0; r < count; r++) out[r] = sums.data() + r * padded;
  frame.kernels.combine(terms.data(), static_cast<int64_t>(terms.size()), counting, out, count,
                        {static_cast<int>(padded / planeLanes), taps * in * planeLanes, planeLanes});
}

void ConvOperation::findShortcuts() {
  while (panelWidth_ < planeLanes && panelWidth_ < groupIn()) panelWidth_ *= 2;
  isDepthwise_ = groups > 1 && groupIn() == 1 && groupOut() == 1;
  for (int64_t p = 0; p < positionsIn; p++) isDepthwise_ = isDepthwise_ && byInput.offsets[p + 1] - byInput.offsets[p] <= mostDepthwiseTaps;
  isPointwise_ = groups == 1 && taps == 1 && positionsIn == positionsOut && static_cast<int64_t>(byInput.position.size()) == positionsIn;
  for (int64_t p = 0; p < positionsIn && isPointwise_; p++) isPointwise_ = byInput.offsets[p] == p && byInput.position[p] == p;
  if (isDepthwise_) reach_ = reachOf(byInput, positionsOut);
  findScatter();
  findTiles();
}

bool ConvOperation::readsUnmade() const { return isDepthwise_ || (isPointwise_ && cutOf().cut.isWhole()); }

std::vector<int32_t> ConvOperation::inputItems() const {
  std::vector<int32_t> items(groupIn());
  for (int64_t ci = 0; ci < groupIn(); ci++) items[ci] = static_cast<int32_t>(scalarOf(ci));
  return items;
}

std::shared_ptr<const MixRecipe> ConvOperation::mixRecipeFor(Walk& walk, const RowsPtr& g) const {
  return walk.recipeOfMask<MixRecipe>(0, inputs[0], {g}, 0, [&] {
    const std::vector<int32_t> items = inputItems();
    return mixRecipe(walk.frame, *g, outputLayout(), walk.mask(inputs[0]), inputLayout(items), [&](const Lists& alive, int64_t bucket) {
      const int64_t position = bucket / groups, group = bucket % groups;
      int64_t terms = 0;
      for (int32_t k = byInput.offsets[position]; k < byInput.offsets[position + 1]; k++) terms += alive.count(byInput.position[k] * groups + group);
      return terms;
    });
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
  const auto recipe = mixRecipeFor(walk, g.rows);
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
    const int64_t width = panelWidth();
    if (!walk.dry)
      sinkRows(walk, *recipe, {scalars, walk.view(made.block)}, channelsIn, whole, [&](int32_t item) { return item / panelSize() * width + item % panelSize(); });
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
