#pragma once
#include <mutex>

#include "conv-tables.h"
#include "mix.h"
#include "tile-geometry.h"

namespace agon {

/// Output positions out, out + 1, ... that have `tap` at input positions in, in + step, ...
struct Run {
  int32_t tap, out, in, step, length;
};

/// Runs of all taps. The runs that an output position is in are listed in the order of its taps.
std::vector<Run> runsOf(const Taps& taps, int64_t tapCount);

/// Convolution of either direction.
class ConvOperation : public Operation, public ConvTables {
 public:
  bool tapsDescend;  // at every position of byInput

  int64_t paddedOut() const { return (groupOut() + 15) / 16 * 16; }

  /// To be called when the tables are there.
  void findShortcuts();

  /// The weights of one channel out, as the forward pass reads them: those of (tap, ci in group) lie 16 (tap groupIn + ci) floats further. Not for groups
  /// of few channels, which are read otherwise.
  float* forwardScalars(int64_t group, int64_t co) const {
    return forwardWeights_.data() + (group * paddedOut() + co / planeLanes * planeLanes) * taps * groupIn() + co % planeLanes;
  }

  /// Packs weights; weight(co, ci in group, tap).
  template <class Weight>
  void pack(Weight weight);

  void forward(Frame& frame) const override;
  void backward(Walk& walk) const override;
  int64_t denseProducts(const Frame&) const override { return static_cast<int64_t>(byOutput.position.size()) * channelsOut * groupIn(); }
  bool readsUnmade() const override;
  std::unique_ptr<Carrier> carrier(const Frame& frame) const override;
  bool canBatch() const override;
  void forwardBatch(Batch& batch) const override;
  void backwardBatch(Walk& walk) const override;
  bool canFew() const override;
  void forwardFew(Few& few) const override;
  void backwardFew(Few& few) const override;

 private:
  /// Whether this pass goes tile by tile; see conv-tiles.cpp.
  bool isTiled(const Frame& frame) const { return frame.inTiles && tiles_; }
  void findTiles();
  const float* tileWeights(Pool& pool) const;
  void forwardTiles(Frame& frame) const;
  void forwardTiles(Batch& batch) const;
  void backwardTiles(Walk& walk) const;
  bool maySpread() const;
  bool isSpread(const Frame& frame) const { return frame.inTiles && maySpread(); }
  void packSpread();
  bool spreadWhole(Walk& walk, const Cotangent& g) const;
  void spreadWholeBand(const Walk& walk, const float* rows, const BlockPtr& to, int64_t from, int64_t until) const;
  struct Alike;
  struct WholeRecipe;
  bool mayGoWhole(const Frame& frame) const;
  std::vector<Alike> alikePositions(int64_t most) const;
  void tileFew(Few& few, bool turned, const float* from, float* to) const;
  void gatherFew(const Few& few, const float* x, int64_t first, float* to) const;
  void sumFew(Few& few, const float* x, float* y) const;
  void alikeFew(Few& few, const float* g, float* to) const;
  void spreadFew(Few& few, const float* g, float* to) const;
  void spreadFewBand(const Few& few, const float* g, float* to, int64_t from, int64_t until) const;
  bool backwardWhole(Walk& walk, const Cotangent& g) const;
  void sumAlike(const Walk& walk, const Alike& alike, const float* rows, float* sums, const BlockPtr& to) const;
  void backwardSpread(Walk& walk) const;
  void spreadBand(const Walk& walk, const MixRecipe& recipe, const Joint& joint, const float* rows, const BlockPtr& to, int64_t from, int64_t until) const;
  bool isScattered(const Walk& walk) const;
  std::vector<uint8_t> scatterReached(const Lists& alive) const;
  std::shared_ptr<const MixRecipe> scatterRecipe(Walk& walk, const RowsPtr& g) const;
  void backwardScattered(Walk& walk) const;
  void scatterBand(const Walk& walk, const MixRecipe& recipe, const RowView& from, const RowView& to, int64_t begin, int64_t end) const;
  std::shared_ptr<Recipe> depthwiseRecipe(Pool& pool, const Rows& g, const Mask& mask) const;
  void backwardDepthwise(Walk& walk) const;
  struct Turned;
  struct Listed;
  struct Panels {
    int64_t first, count;
  };
  void turnLanes(const Batch& batch, const float* x, Turned& turned) const;
  int64_t turnedFloats() const;
  int lanesTogether(const Turned& turned, int examples) const;
  void listUnion(const Batch& batch, Turned& turned) const;
  void forwardListed(const Batch& batch, const Turned& turned, float* y, int lanes) const;
  void listLanes(const Batch& batch, const Turned& turned, const Listed& listed) const;
  void forwardListedTile(const Batch& batch, const Turned& turned, const Listed& listed, float* y, int64_t group, int64_t first, int64_t count) const;
  void writeListed(const Batch& batch, const Listed& listed, const float* sums, float* y, int64_t group, Panels panels, int64_t first,
                   int64_t count) const;
  bool isGathered(const Turned& turned, int examples) const;
  bool mayGather() const;
  void forwardGathered(const Batch& batch, const float* x, float* y) const;
  void gather(const float* x, int64_t position, float* to) const;
  void forwardBatchTile(const Batch& batch, const Turned& turned, float* y, int64_t group, int64_t first, int64_t count) const;
  void backwardBatchTile(const Walk& walk, const MixRecipe& recipe, const float* rows, float* to, int64_t group, int64_t first, int64_t count) const;
  void forwardBatchDirect(Batch& batch, const float* x, float* y) const;
  void forwardDirect(Frame& frame) const;
  Buffer turnInput(Frame& frame, const float* x) const;
  /// Channels of many are turned to lie side by side, rather than collected block by block.
  bool turns() const { return groupIn() >= planeLanes; }
  /// How far the same channel of two neighbouring positions lies apart in what the forward pass reads.
  int64_t positionStep() const { return turns() ? groupIn() : 1; }
  void findNear();
  bool isNear(int64_t from, int64_t count) const;
  std::vector<Term> nearTerms(const float* x, int64_t group) const;
  void sumNear(const Frame& frame, const std::vector<Term>& terms, int64_t from, int64_t count, const Buffer& sums) const;
  void writeSums(const Frame& frame, const float* sums, int64_t group, int64_t from, int64_t count, float* y) const;
  void sumTurned(const Frame& frame, const float* x, int64_t group, int64_t from, int64_t count, std::vector<Term>& terms,
                 const Buffer& sums) const;
  void sumPanel(const Frame& frame, const float* x, int64_t group, int64_t from, int64_t count, std::vector<Term>& terms,
                std::vector<float>& panel, const Buffer& sums) const;
  /// Few channels per group: a vector of output channels would be mostly padding.
  bool isDirect() const { return groups > 1 && groupOut() < 8; }

  /// Input channels of a group in panels, so that what a sum reads of one panel lies side by side. Of many weights a panel is one channel: its weights lie in
  /// the order in which a sum reads them, and flow through the first cache beside the rows, which stay.
  int64_t panelWidth() const { return panelWidth_; }
  int64_t panelSize() const { return taps * channelsOut * panelWidth(); }
  /// Where the weight of (co, ci in group, tap) lies, apart from the part that depends on (co, tap).
  int64_t scalarOf(int64_t ci) const { return ci / panelWidth() * panelSize() + ci % panelWidth(); }
  int64_t termOf(int64_t co, int64_t tap) const { return (tap * channelsOut + co) * panelWidth(); }

  /// How the backward pass is cut, and how many taps a segment has.
  struct TapCut {
    Cut cut;
    int64_t taps;
  };
  TapCut cutOf() const;

  /// Alive items are where the weights of a channel lie: termOf(channel in group, 0).
  Layout outputLayout() const { return {{groups, groupOut(), positionsOut}, {1, 0, groups}, {0, panelWidth(), 0}, positionsOut * groups}; }
  /// `items` as inputItems() gives them.
  Layout inputLayout(const std::vector<int32_t>& items) const {
    return {{groups, groupIn(), positionsIn}, {1, 0, groups}, {0, 0, 0}, positionsIn * groups, items.data()};
  }
  /// scalarOf of every channel of a group.
  std::vector<int32_t> inputItems() const;
  /// The channel of a group whose scalarOf `item` is.
  int64_t channelOf(int32_t item) const { return item / panelSize() * panelWidth() + item % panelSize(); }
  /// Whether sums are of so few examples that 16 outputs of each share the lanes.
  bool isFew(const Walk& walk) const { return walk.frame.distinct <= mostFew && groupIn() > planeLanes / 2; }
  const float* widePanels(Pool& pool) const;
  std::shared_ptr<const MixRecipe> mixRecipeFor(Walk& walk, const RowsPtr& g, const RowsPtr& held = nullptr) const;

  int64_t panelWidth_ = 1;
  /// Every output position is made from the input position of the same number alone.
  bool isPointwise_ = false;
  /// Where isDepthwise_.
  Reach reach_;
  /// Where the first tap of every output is read, -1 if its taps are not near, and how far the others are from there.
  std::vector<int32_t> nearBase_, nearShifts_;
  void findScatter();
  /// Of every entry of byOutput and every channel in: where its weight lies apart from the channel out, and its row where all rows are there. Empty where
  /// outputs do not scatter.
  std::vector<int32_t> scatterShifts_, scatterRows_;
  /// Every channel by itself, with few enough readers of a position for the kernel.
  bool isDepthwise_ = false;
  std::vector<float, AtLine<float>> backwardWeights_;  // [panel][tap][channelsOut][panelWidth]
  mutable std::once_flag wideMade_;
  mutable Buffer widePanels_;                          // [16 channels in][tap][channelsOut][16], where panels are narrower and few labels came
  Buffer forwardWeights_;                              // [group][16 channels out][tap][groupIn][16]
  Buffer spreadWeights_;                               // [16 of tap and channel in][channelsOut][16]
  std::vector<Run> runs_;                              // where isDirect()
  std::optional<TileGeometry> tiles_;
  mutable std::once_flag tilesMade_;
  mutable Buffer tileWeights_;                         // [place][16 channels out][channelsIn][16]
};

/// Reads tables and bias.
void readConv(Maker& maker, ConvOperation& op, bool isTransposed);

template <class Weight>
void ConvOperation::pack(Weight weight) {
  const int64_t in = groupIn(), out = groupOut(), padded = paddedOut();
  backwardWeights_.resize((in + panelWidth() - 1) / panelWidth() * panelSize());
  for (int64_t t = 0; t < taps; t++)
    for (int64_t co = 0; co < channelsOut; co++)
      for (int64_t ci = 0; ci < in; ci++) backwardWeights_[termOf(co, t) + scalarOf(ci)] = weight(co, ci, t);
  packSpread();
  if (isDirect()) {
    runs_ = runsOf(byOutput, taps);
    return;
  }
  forwardWeights_ = Buffer(groups * taps * in * padded);
  for (int64_t g = 0; g < groups; g++)
    for (int64_t t = 0; t < taps; t++)
      for (int64_t ci = 0; ci < in; ci++)
        for (int64_t co = 0; co < padded; co++) forwardScalars(g, co)[(t * in + ci) * planeLanes] = co < out ? weight(g * out + co, ci, t) : 0.0f;
}

}  // namespace agon
