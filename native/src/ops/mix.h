#pragma once
#include <algorithm>
#include <initializer_list>
#include <tuple>
#include <utility>

#include "../graph.h"
#include "../walk.h"
#include "lists.h"

namespace agon {

/// Buckets of a group that take the same terms for the same outputs, in different rows.
struct SharedTerms {
  int64_t terms, outputs;
  std::vector<int32_t> buckets;
};

/// How an operation that mixes elements propagates: alive rows of the output by bucket, fresh rows of the input by bucket.
struct MixRecipe : Recipe {
  AliveLists alive;
  Lists wanted;
  /// Where all buckets of a group take the same terms: how many, and the buckets that are wanted. Empty where they do not, or too few do.
  std::vector<SharedTerms> shared;
  int64_t bytes() const override { return Recipe::bytes() + alive.bytes() + wanted.bytes() + static_cast<int64_t>(shared.size() * sizeof(SharedTerms)); }
};

/// Makes the recipe of a mix. termsOf(bucket of x) counts the alive rows that the bucket is summed from; held: rows of x that are there already, if any.
template <class TermsOf>
std::shared_ptr<MixRecipe> mixRecipe(const Frame& frame, const Rows& g, const Layout& outputs, const Mask& wanted, const Layout& inputs, TermsOf termsOf,
                                      const Rows* held = nullptr) {
  auto recipe = std::make_shared<MixRecipe>();
  recipe->alive = listAlive(frame, g, outputs);
  std::vector<int64_t> terms(inputs.buckets);
  std::vector<uint8_t> reached(inputs.buckets);
  for (int64_t b = 0; b < inputs.buckets; b++) {
    terms[b] = termsOf(recipe->alive, b);
    reached[b] = terms[b] > 0;
  }
  if (held) reachHeld(frame, *held, wanted, inputs, reached);
  FreshRows fresh = listFresh(frame, wanted, inputs, reached);
  if (!fresh.rows) return recipe;
  recipe->rows = std::move(fresh.rows);
  recipe->wanted = std::move(fresh.lists);
  for (int64_t b = 0; b < inputs.buckets; b++) recipe->products += terms[b] * recipe->wanted.count(b);
  return recipe;
}

/// The recipe where the elements of a bucket depend on each other through `means` sums over it: a sum of three rows per element.
inline std::shared_ptr<const MixRecipe> groupRecipe(Walk& walk, const RowsPtr& g, int32_t x, const Layout& layout, int64_t means) {
  return walk.recipe<MixRecipe>(0, {g}, 0, [&] {
    auto made = mixRecipe(walk.frame, *g, layout, walk.mask(x), layout, [](const Lists& alive, int64_t group) { return alive.count(group); });
    made->products = means * static_cast<int64_t>(made->alive.item.size()) + 3 * static_cast<int64_t>(made->wanted.item.size());
    return made;
  });
}

/// Indices of the terms of one sum, written without a check per term.
class TermList {
 public:
  void clear() { count_ = 0; }
  /// Adds `more` terms: scalars at item[i] * stride + shift, rows firstRow + row[i].
  void add(const int32_t* item, const int32_t* row, int64_t more, int64_t stride, int64_t shift, int64_t firstRow = 0) {
    if (count_ + more > static_cast<int64_t>(scalar_.size())) {
      scalar_.resize(2 * (count_ + more));
      place_.resize(scalar_.size());
    }
    int32_t *scalar = scalar_.data() + count_, *place = place_.data() + count_;
    const int32_t by = static_cast<int32_t>(stride), plus = static_cast<int32_t>(shift), base = static_cast<int32_t>(firstRow);
    for (int64_t i = 0; i < more; i++) scalar[i] = item[i] * by + plus;
    for (int64_t i = 0; i < more; i++) place[i] = base + row[i];
    count_ += more;
  }
  /// Adds the alive elements begin .. end-1 of the lists.
  void add(const AliveLists& alive, int64_t begin, int64_t end, int64_t stride, int64_t shift) {
    add(alive.item.data() + begin, alive.row.data() + begin, end - begin, stride, shift);
  }
  /// Lists the terms of taps, `most` of them at most, in place of all others.
  void list(const Kernels& kernels, const TapTerms& of, int64_t most) {
    if (most + planeLanes > static_cast<int64_t>(scalar_.size())) {
      scalar_.resize(most + planeLanes);
      place_.resize(scalar_.size());
    }
    count_ = kernels.listTaps(of, scalar_.data(), place_.data());
  }
  int64_t count() const { return count_; }
  const int32_t* scalar() const { return scalar_.data(); }
  const int32_t* place() const { return place_.data(); }
  Terms terms(const float* scalars, const float* rows) const { return {scalars, rows, scalar_.data(), place_.data(), count_}; }

 private:
  std::vector<int32_t> scalar_, place_;
  int64_t count_ = 0;
};

/// How a mix is cut so that the scalars of one piece of work stay in the second cache: outputs whose items lie in one of `slices` ranges of
/// `width`, terms in `segments`, and `strip` neighbouring buckets take a segment before the next one.
struct Cut {
  int64_t slices = 1, width = 0;
  int64_t segments = 1;
  int64_t strip = 1;
  int64_t strips(int64_t buckets) const { return (buckets + strip - 1) / strip; }
  bool isWhole() const { return slices == 1 && segments == 1; }
};

/// Those of ascending items that lie in from .. to-1.
inline std::pair<const int32_t*, const int32_t*> within(const int32_t* begin, const int32_t* end, int64_t from, int64_t to) {
  return {std::lower_bound(begin, end, from), std::lower_bound(begin, end, to)};
}

/// Bytes of scalars that stay in the second cache beside the rows: all of a mix, or those of one segment beside the sums of a strip.
constexpr int64_t scalarBytes = 384 << 10, segmentBytes = 256 << 10, sumBytes = 192 << 10;

/// Buckets whose sums, `outputs` in a slice of each, stay in the second cache.
inline int64_t stripOf(const Cut& cut, int64_t outputs) {
  if (cut.segments == 1) return 1;
  return std::max<int64_t>(1, sumBytes / (std::max<int64_t>(1, outputs) * mostLanes * static_cast<int64_t>(sizeof(float))));
}

/// Rows begin .. end-1, which no terms are summed into.
inline void clearRows(const RowView& to, int64_t begin, int64_t end) {
  for (int p = 0; p < to.planes; p++) std::fill(to.row(begin) + p * to.step, to.row(end) + p * to.step, 0.0f);
}

/// Adds what was held to fresh rows begin .. end-1.
inline void takeUp(const Walk& walk, const Joint& joint, const RowView& to, int64_t begin, int64_t end) {
  const BlockPtr& held = joint.held.block;
  for (int p = 0; p < to.planes; p++)
    walk.frame.kernels.add(to.row(begin) + p * to.step, held->data() + (to.firstPlane + p) * walk.step(held), joint.recipe->from.data() + begin, 0, end - begin);
}

/// The two rows that the elements of a group share: sums over it, or one of its rows. Of one thread.
class GroupRows {
 public:
  GroupRows(const Walk& walk, const Cotangent& g) : walk_(walk), g_(g), step_(walk.step(g.block)), pair_(2 * walk.lanes) {}
  /// The first of them, or both: sum i takes scalar at[i] of every term.
  void sum(const Terms& terms, std::initializer_list<int32_t> at) {
    walk_.frame.kernels.mix(terms, {at.begin(), pair_.data(), static_cast<int64_t>(at.size())}, {walk_.planes(), step_, 2 * planeLanes});
  }
  /// The second one: a row of the cotangent, or 0 for -1.
  void copy(int32_t row) {
    for (int p = 0; p < walk_.planes(); p++) {
      float* const to = pair_.data() + (2 * p + 1) * planeLanes;
      if (row < 0) std::fill_n(to, planeLanes, 0.0f);
      else std::copy_n(walk_.row(g_.block, row) + p * step_, planeLanes, to);
    }
  }
  /// Fresh rows of the wanted elements of a group.
  void spread(const float* factors, const MixRecipe& recipe, int64_t group, const BlockPtr& to) const {
    const int32_t first = recipe.wanted.offsets[group];
    const GroupSpread elements = {factors, recipe.wanted.item.data() + first, g_.rows->row.data(), pair_.data(), recipe.wanted.count(group)};
    walk_.frame.kernels.spread(elements, g_.block->data(), walk_.row(to, first), {walk_.planes(), step_, walk_.step(to)});
  }

 private:
  const Walk& walk_;
  const Cotangent& g_;
  const int64_t step_;
  Buffer pair_;
};

/// What the terms of a mix are made of.
struct MixSource {
  const float* scalars;
  RowView rows;
};

/// Sums the terms of every bucket, and what was held, into its fresh rows; list(bucket, segment, terms) lists them. Items of `wanted` say which scalar of a
/// term belongs to an output. Does the tasks begin .. end-1: of one slice those of all strips, then those of the next.
template <class List>
void mixTasks(const Walk& walk, const MixRecipe& recipe, const MixSource& of, const RowView& to, const Joint& joint, const Cut& cut, int64_t begin, int64_t end,
              List list, const Finish* finish = nullptr) {
  const Lists& wanted = recipe.wanted;
  const int64_t buckets = static_cast<int64_t>(wanted.offsets.size()) - 1, strips = cut.strips(buckets);
  const int32_t* const items = wanted.item.data();
  const float* const rows = of.rows.row(0);
  struct Part {
    int32_t first, last;
    bool goesOn;
  };
  std::vector<Part> parts(cut.strip);
  TermList terms;
  for (int64_t task = begin; task < end; task++) {
    const int64_t slice = task / strips, low = task % strips * cut.strip, count = std::min(cut.strip, buckets - low);
    for (int64_t i = 0; i < count; i++) {
      const int32_t *first = items + wanted.offsets[low + i], *last = items + wanted.offsets[low + i + 1];
      if (cut.slices > 1) std::tie(first, last) = within(first, last, slice * cut.width, (slice + 1) * cut.width);
      parts[i] = {static_cast<int32_t>(first - items), static_cast<int32_t>(last - items), false};
    }
    for (int64_t segment = 0; segment < cut.segments; segment++) {
      for (int64_t i = 0; i < count; i++) {
        Part& part = parts[i];
        if (part.first == part.last) continue;
        terms.clear();
        list(low + i, segment, terms);
        if (terms.count() == 0) continue;
        walk.mix()(terms.terms(of.scalars, rows), {items + part.first, to.row(part.first), part.last - part.first},
                   {to.planes, of.rows.step, to.step, part.goesOn});
        part.goesOn = true;
      }
    }
    for (int64_t i = 0; i < count; i++) {
      const auto [first, last, isSummed] = parts[i];
      if (!isSummed) clearRows(to, first, last);
      if (joint.recipe) takeUp(walk, joint, to, first, last);
      if (finish) finish->take(walk, to, first, last);
    }
  }
}

/// All tasks.
template <class List>
void mixRows(Walk& walk, const MixRecipe& recipe, const MixSource& of, const RowView& to, const Joint& joint, const Cut& cut, List list,
             const Finish* finish = nullptr) {
  const int64_t tasks = cut.strips(static_cast<int64_t>(recipe.wanted.offsets.size()) - 1) * cut.slices;
  walk.frame.pool.each(tasks, grainOf(tasks, static_cast<double>(recipe.products) * walk.planes()), [&](int64_t begin, int64_t end) {
    mixTasks(walk, recipe, of, to, joint, cut, begin, end, list, finish);
  });
}

/// The same for one bucket per position, whose rows go to the walk's sink at once; channelOf(item) says which channel an output is.
template <class List, class ChannelOf>
void sinkRows(Walk& walk, const MixRecipe& recipe, const MixSource& of, int64_t channels, List list, ChannelOf channelOf) {
  const Lists& wanted = recipe.wanted;
  const int64_t positions = static_cast<int64_t>(wanted.offsets.size()) - 1;
  const Planes planes = {walk.planes(), of.rows.step, (channels | 1) * planeLanes};
  const float* const from = of.rows.row(0);
  walk.frame.pool.each(positions, grainOf(positions, static_cast<double>((recipe.products + positions) * walk.planes())), [&](int64_t begin, int64_t end) {
    TermList terms;
    const Buffer sums(planes.out * planes.count);
    std::vector<const float*> rows(channels);
    for (int64_t p = begin; p < end; p++) {
      const int32_t first = wanted.offsets[p], count = wanted.offsets[p + 1] - first;
      std::fill(rows.begin(), rows.end(), nullptr);
      for (int32_t i = 0; i < count; i++) rows[channelOf(wanted.item[first + i])] = sums.data() + i * planeLanes;
      if (count > 0) {
        terms.clear();
        list(p, 0, terms);
        walk.mix()(terms.terms(of.scalars, from), {&wanted.item[first], sums.data(), count}, planes);
      }
      walk.sink->take(p, {rows.data(), planes.out});
    }
  });
}

}  // namespace agon
