#pragma once
#include <agon/session.h>

#include "stage.h"

namespace agon {

struct Trace;
struct Graph;

/// How fresh rows take up the cotangent that a value holds already: row from[k] of it is added to fresh row k, -1 = none.
struct JoinRecipe : Recipe {
  bool holds = false;
  std::vector<int32_t> from;
  int64_t bytes() const override { return 4 * static_cast<int64_t>(from.size()); }
};

/// A cotangent taken from a value to be added to fresh rows of it; none if `recipe` is null.
struct Joint {
  std::shared_ptr<const JoinRecipe> recipe;
  Cotangent held;
};

/// Recipes of one instruction or merge, reused while the tables that they were made from stay the same. `owned`: see Walk::owns.
struct Memo {
  std::vector<RowsPtr> key;
  int owned = 0;
  /// The mask that it was made from, of one that depends on nothing else of the input; the others are of one input.
  MaskPtr mask;
  int64_t input = 0;
  std::shared_ptr<const Recipe> recipe;
  int64_t lastWalk = 0;
};

/// The recipes of one input, an example or a group of examples, or of one after the other.
struct Memory {
  Memory(size_t instructions, size_t values) : ofInstruction(instructions), ofMerge(values) {}
  std::vector<std::vector<Memo>> ofInstruction, ofMerge;
  int64_t bytes = 0, walks = 0;
  /// Which input it is.
  int64_t input = 0;
  /// Drops recipes that the latest walk did not use, so that `bytes` depends on that walk alone.
  void dropUnused();
};

/// The cotangent of all channels of a value at one position: rows[c] is the first plane, planes `step` floats apart; null = zero for every label.
struct PositionRows {
  const float* const* rows;
  int64_t step;
};

/// Takes the cotangent of a value position by position, in place of rows that would be written once and read once. The value is
/// [channels][positions], and `reader` the first instruction that reads it, so the last one that gives to it.
class Sink {
 public:
  Sink(int32_t value, int32_t reader) : value(value), reader(reader) {}
  virtual ~Sink() = default;
  /// Whether it can take a value of so many channels.
  virtual bool takes(int64_t channels) const = 0;
  /// Called for every position of a chunk, by several threads.
  virtual void take(int64_t position, const PositionRows& rows) const = 0;

  const int32_t value, reader;
};

/// One walk from the output to the wanted values, for one chunk of labels. A dry walk decides everything and computes nothing:
/// the arena's high-water mark then is what the real walk needs.
class Walk {
 public:
  Walk(Frame& frame, Memory& memory, Arena& arena, int lanes, bool dry)
      : frame(frame), lanes(lanes), dry(dry), arena_(arena), memory_(memory), pending_(frame.values.size()),
        merges_(frame.values.size(), 0) {
    memory.walks++;
  }

  Frame& frame;
  const int lanes;
  const bool dry;
  /// Of the products of convolutions and matrix products.
  Precision precision = Precision::Fp32;
  /// Lanes that carry anything: the first so many.
  int labels = lanes;
  /// What is walked, if it goes through regions at once: not where examples are in lanes, nor where somebody looks at every value.
  const Graph* graph = nullptr;
  /// The instruction where the walk ends.
  int32_t first = 0;
  /// The instruction being walked.
  int32_t current = 0;
  /// If given, may be handed the cotangent of its value by the instruction that would give it; `sunk` then says so.
  const Sink* sink = nullptr;
  bool sunk = false;
  /// Whether the sink takes what the current instruction has for value x.
  bool sinks(int32_t x, int64_t channels) const {
    return sink && sink->value == x && sink->reader == current && !reached(x) && sink->takes(channels);
  }
  /// Multiplications per label so far.
  int64_t products = 0;

  bool wants(int32_t value) const { return value >= 0 && frame.wanted[value] != nullptr; }
  const Mask& mask(int32_t value) const { return *frame.wanted[value]; }
  bool reached(int32_t value) const { return static_cast<bool>(pending_[value]); }
  const RowsPtr& rowsOf(int32_t value) const { return pending_[value].rows; }
  /// The value that is reached while no other is; -1 if there are more, or none.
  int32_t onlyReached() const;
  /// Elements of a reached value that carry a cotangent.
  int64_t alive(int32_t value) const;
  Cotangent take(int32_t value) { return made(std::move(pending_[value])); }
  /// The same, but rows that nobody has read yet stay unmade.
  Cotangent takeUnmade(int32_t value) { return std::move(pending_[value]); }
  /// The same for an instruction that goes through so many positions: stays unmade if what makes them goes through the same.
  Cotangent takeUnmade(int32_t value, int64_t positions);
  /// Adds to the cotangent of a value; an empty one is nothing.
  void give(int32_t value, Cotangent cotangent);
  /// Gives value x fresh rows that are made when they are read; or now, where what they are made from would hold more memory until then.
  void giveUnmade(int32_t x, const RowsPtr& rows, std::shared_ptr<Stage> stage);
  /// Makes the rows of a value that nobody has made yet.
  void make(int32_t value) { pending_[value] = made(std::move(pending_[value])); }
  /// The cotangent in a block.
  Cotangent made(Cotangent cotangent);
  /// If given: where stages note their time, and how much they have noted so far.
  Trace* trace = nullptr;
  double noted = 0;
  /// Bytes of rows that one step leaves for the next in a band; 0: every step makes all its rows before the next begins.
  int64_t bandBytes = 0;
  /// Bytes of rows that stay near between a step and a reader that reads beside its own positions.
  int64_t ringBytes = 0;

  /// Rows lie by planes of 16 lanes; their number is odd, so that planes do not lie a power of two apart.
  /// The last row is zero in every plane.
  BlockPtr allocate(int64_t rows);
  /// Memory for anything.
  BlockPtr reserve(int64_t floats) { return std::make_shared<Block>(arena_, floats); }
  int planes() const { return lanes / planeLanes; }
  /// The sums of convolutions and matrix products, at the walk's precision.
  auto mix() const { return precision == Precision::Bf16 ? frame.kernels.mixBf16 : frame.kernels.mix; }
  auto depthwise() const { return precision == Precision::Bf16 ? frame.kernels.depthwiseBf16 : frame.kernels.depthwise; }
  /// The same by bricks, where this machine has them for this precision.
  const BrickKernels* bricks() const { return precision == Precision::Bf16 ? nullptr : frame.kernels.bricks; }
  /// Floats from one plane of a block to the next.
  int64_t step(const BlockPtr& block) const { return block->size / planes(); }
  /// The first plane of a row.
  float* row(const BlockPtr& block, int64_t row) const { return block->data() + row * planeLanes; }
  RowView view(const BlockPtr& block) const { return view(block, 0, planes()); }
  RowView view(const BlockPtr& block, int firstPlane, int count) const {
    return {block->data() + firstPlane * step(block), step(block), 0, firstPlane, count};
  }
  /// One lane of a row.
  float& at(const BlockPtr& block, int64_t row, int64_t lane) const {
    return block->data()[lane / planeLanes * step(block) + row * planeLanes + lane % planeLanes];
  }
  /// True if nobody else holds these rows.
  static bool owns(const Cotangent& cotangent) {
    if (!cotangent.stage) return cotangent.block.use_count() == 1;
    // Somebody may have made the rows and kept their block.
    return cotangent.stage.use_count() == 1 && cotangent.stage->block.use_count() <= 1;
  }

  /// The recipe of the current instruction at `slot` (usually an input), made anew only if the tables it depends on have changed.
  template <class R, class Make>
  std::shared_ptr<const R> recipe(size_t slot, const std::vector<RowsPtr>& key, int owned, Make make) {
    auto found = remember<R>(memory_.ofInstruction[current], slot, key, owned, nullptr, make);
    products += found->products;
    return found;
  }
  /// The same for a recipe that depends on the tables and on the wanted elements of value x alone: it serves the next input as well.
  template <class R, class Make>
  std::shared_ptr<const R> recipeOfMask(size_t slot, int32_t x, const std::vector<RowsPtr>& key, int owned, Make make) {
    auto found = remember<R>(memory_.ofInstruction[current], slot, key, owned, &frame.wanted[x], make);
    products += found->products;
    return found;
  }

  /// For fresh rows of value x: takes up what it holds already, if every element of that has a fresh row. Saves a merge.
  Joint join(size_t slot, int32_t x, const RowsPtr& fresh);

  /// Propagates through a local linear map and gives the result to value x. Pass the cotangent by move with the last input.
  void pull(size_t slot, int32_t x, Cotangent cotangent, const Links& links);
  /// The same where the links are only made when they are needed: links() returns something with a member `links()`.
  template <class MakeLinks>
  void pullLazily(size_t slot, int32_t x, Cotangent cotangent, MakeLinks makeLinks) {
    if (!wants(x) || !cotangent) return;
    const bool owned = owns(cotangent);
    const auto found = recipe<PullRecipe>(slot, {cotangent.rows}, owned, [&] {
      const auto held = makeLinks();
      return pullRecipe(frame.pool, cotangent.rows, owned, mask(x), held.links());
    });
    follow(*found, x, std::move(cotangent));
  }

 private:
  template <class R, class Make>
  std::shared_ptr<const R> remember(std::vector<Memo>& memos, size_t slot, const std::vector<RowsPtr>& key, int owned, const MaskPtr* mask, Make make) {
    if (memos.size() <= slot) memos.resize(slot + 1);
    Memo& memo = memos[slot];
    memo.lastWalk = memory_.walks;
    const bool isOfInput = mask ? memo.mask == *mask : memo.input == memory_.input;
    if (memo.recipe && memo.key == key && memo.owned == owned && isOfInput) return std::static_pointer_cast<const R>(memo.recipe);
    std::shared_ptr<R> fresh = make();
    if (memo.recipe) {
      memory_.bytes -= memo.recipe->bytes();
      const RowsPtr& old = memo.recipe->rows;
      if (old && fresh->rows && *old == *fresh->rows) fresh->rows = old;
    }
    memory_.bytes += fresh->bytes();
    memo = {key, owned, mask ? *mask : nullptr, memory_.input, fresh, memory_.walks};
    return fresh;
  }
  void follow(const PullRecipe& recipe, int32_t x, Cotangent cotangent);
  Cotangent merge(const MergeRecipe& recipe, Cotangent first, Cotangent second);

  Arena& arena_;
  Memory& memory_;
  std::vector<Cotangent> pending_;
  std::vector<int32_t> merges_;
};

}  // namespace agon
