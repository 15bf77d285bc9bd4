#pragma once
#include <algorithm>

#include "../walk.h"
#include "lists.h"

namespace agon {

/// How an operation that mixes elements propagates: alive rows of the output by bucket, fresh rows of the input by bucket.
struct MixRecipe : Recipe {
  AliveLists alive;
  Lists wanted;
  int64_t bytes() const override { return Recipe::bytes() + alive.bytes() + wanted.bytes(); }
};

/// Makes the recipe of a mix. termsOf(bucket of x) counts the alive rows that the bucket is summed from.
template <class TermsOf>
std::shared_ptr<MixRecipe> mixRecipe(Pool& pool, const Rows& g, const Layout& outputs, const Mask& wanted, const Layout& inputs, TermsOf termsOf) {
  auto recipe = std::make_shared<MixRecipe>();
  recipe->alive = listAlive(pool, g, outputs);
  std::vector<int64_t> terms(inputs.buckets);
  std::vector<uint8_t> reached(inputs.buckets);
  for (int64_t b = 0; b < inputs.buckets; b++) {
    terms[b] = termsOf(recipe->alive, b);
    reached[b] = terms[b] > 0;
  }
  FreshRows fresh = listFresh(pool, wanted, inputs, reached);
  if (!fresh.rows) return recipe;
  recipe->rows = std::move(fresh.rows);
  recipe->wanted = std::move(fresh.lists);
  for (int64_t b = 0; b < inputs.buckets; b++) recipe->products += terms[b] * recipe->wanted.count(b);
  return recipe;
}

/// The recipe where the elements of a bucket depend on each other through `means` sums over it: a sum of three rows per element.
inline std::shared_ptr<const MixRecipe> groupRecipe(Walk& walk, const RowsPtr& g, int32_t x, const Layout& layout, int64_t means) {
  return walk.recipe<MixRecipe>(0, {g}, 0, [&] {
    auto made = mixRecipe(walk.frame.pool, *g, layout, walk.mask(x), layout, [](const Lists& alive, int64_t group) { return alive.count(group); });
    made->products = means * static_cast<int64_t>(made->alive.item.size()) + 3 * static_cast<int64_t>(made->wanted.item.size());
    return made;
  });
}

/// Terms of one sum, written without a check per term.
class TermList {
 public:
  void clear() { count_ = 0; }
  /// Room for `more` terms at the end.
  Term* extend(int64_t more) {
    if (count_ + more > static_cast<int64_t>(terms_.size())) terms_.resize(2 * (count_ + more));
    Term* const from = terms_.data() + count_;
    count_ += more;
    return from;
  }
  const Term* data() const { return terms_.data(); }
  int64_t count() const { return count_; }

 private:
  std::vector<Term> terms_;
  int64_t count_ = 0;
};

/// How outputs of a mix are cut: those whose items lie in one of `slices` ranges of `width` are computed for all buckets before the next ones,
/// so that their scalars stay in the second cache.
struct Slices {
  int64_t slices = 1, width = 0;
};

/// Bytes of scalars that stay in the second cache beside the rows.
constexpr int64_t scalarBytes = 384 << 10;

/// Adds what was held to fresh rows begin .. end-1.
inline void takeUp(const Walk& walk, const Joint& joint, const BlockPtr& to, int64_t begin, int64_t end) {
  const BlockPtr& held = joint.held.block;
  for (int p = 0; p < walk.planes(); p++)
    walk.frame.kernels.add(to->data() + p * walk.step(to), held->data() + p * walk.step(held), joint.recipe->from.data(), begin, end);
}

/// Runs make(bucket, terms) and sums its terms, and what was held, into the fresh rows of every bucket. Items of `wanted` say which scalar of a term belongs to
/// an output.
template <class MakeTerms>
void mixRows(Walk& walk, const MixRecipe& recipe, const BlockPtr& from, const BlockPtr& to, const Joint& joint, const Slices& cut, MakeTerms makeTerms) {
  const int64_t buckets = static_cast<int64_t>(recipe.wanted.offsets.size()) - 1;
  const Lists& wanted = recipe.wanted;
  const Planes planes = {walk.planes(), walk.step(from), walk.step(to)};
  float* const rows = to->data();
  const int64_t tasks = buckets * cut.slices;
  walk.frame.pool.each(tasks, grainOf(tasks, static_cast<double>(recipe.products) * walk.planes()), [&](int64_t begin, int64_t end) {
    TermList terms;
    std::vector<float*> out;
    for (int64_t task = begin; task < end; task++) {
      const int64_t b = task % buckets, slice = task / buckets;
      const int32_t *first = &wanted.item[0] + wanted.offsets[b], *last = &wanted.item[0] + wanted.offsets[b + 1];
      if (cut.slices > 1) {
        first = std::lower_bound(first, last, slice * cut.width);
        if (slice + 1 < cut.slices) last = std::lower_bound(first, last, (slice + 1) * cut.width);
      }
      if (first == last) continue;
      terms.clear();
      makeTerms(b, terms);
      float* const row = rows + (first - &wanted.item[0]) * planeLanes;
      out.resize(last - first);
      for (size_t i = 0; i < out.size(); i++) out[i] = row + static_cast<int64_t>(i) * planeLanes;
      walk.combine()(terms.data(), terms.count(), first, out.data(), last - first, planes);
      if (joint.recipe) takeUp(walk, joint, to, first - &wanted.item[0], last - &wanted.item[0]);
    }
  });
}

/// The same for one bucket per position, whose rows go to the walk's sink at once; channelOf(item) says which channel an output is.
template <class MakeTerms, class ChannelOf>
void sinkRows(Walk& walk, const MixRecipe& recipe, const BlockPtr& from, int64_t channels, MakeTerms makeTerms, ChannelOf channelOf) {
  const Lists& wanted = recipe.wanted;
  const int64_t positions = static_cast<int64_t>(wanted.offsets.size()) - 1;
  const Planes planes = {walk.planes(), walk.step(from), (channels | 1) * planeLanes};
  walk.frame.pool.each(positions, grainOf(positions, static_cast<double>((recipe.products + positions) * walk.planes())), [&](int64_t begin, int64_t end) {
    TermList terms;
    const Buffer sums(planes.out * planes.count);
    std::vector<float*> out(channels);
    std::vector<const float*> rows(channels);
    for (int64_t p = begin; p < end; p++) {
      const int32_t first = wanted.offsets[p], count = wanted.offsets[p + 1] - first;
      std::fill(rows.begin(), rows.end(), nullptr);
      for (int32_t i = 0; i < count; i++) rows[channelOf(wanted.item[first + i])] = out[i] = sums.data() + i * planeLanes;
      if (count > 0) {
        terms.clear();
        makeTerms(p, terms);
        walk.combine()(terms.data(), terms.count(), &wanted.item[first], out.data(), count, planes);
      }
      walk.sink->take(p, {rows.data(), planes.out});
    }
  });
}

}  // namespace agon
