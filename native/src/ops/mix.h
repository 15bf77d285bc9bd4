#pragma once
#include <algorithm>

#include "../walk.h"

namespace agon {

/// Alive (or wanted) elements listed by bucket: item and row of k in offsets[bucket] .. offsets[bucket+1]-1, items ascending.
struct Lists {
  std::vector<int32_t> offsets, item, row;
  int64_t bytes() const { return 4 * static_cast<int64_t>(offsets.size() + item.size() + row.size()); }
};

/// Where an element is: a bucket, and which item of it.
struct Place {
  int64_t bucket;
  int32_t item;
};

/// place(e) for every element in ascending order; items of a bucket must ascend with e.
template <class PlaceOf>
Lists listRows(const std::vector<int32_t>& row, int64_t buckets, PlaceOf place) {
  Lists lists;
  lists.offsets.assign(buckets + 1, 0);
  for (size_t e = 0; e < row.size(); e++)
    if (row[e] >= 0) lists.offsets[place(e).bucket + 1]++;
  for (int64_t b = 0; b < buckets; b++) lists.offsets[b + 1] += lists.offsets[b];
  std::vector<int32_t> next(lists.offsets.begin(), lists.offsets.end() - 1);
  lists.item.resize(lists.offsets.back());
  lists.row.resize(lists.offsets.back());
  for (size_t e = 0; e < row.size(); e++) {
    if (row[e] < 0) continue;
    const Place at = place(e);
    const int32_t k = next[at.bucket]++;
    lists.item[k] = at.item;
    lists.row[k] = row[e];
  }
  return lists;
}

/// How an operation that mixes elements propagates: alive rows of the output by bucket, fresh rows of the input by bucket.
struct MixRecipe : Recipe {
  Lists alive, wanted;
  int64_t bytes() const override { return Recipe::bytes() + alive.bytes() + wanted.bytes(); }
};

/// Fresh rows for the wanted elements of x whose bucket is reached, bucket by bucket; null if there are none.
template <class PlaceOf, class Reached>
void numberFresh(MixRecipe& recipe, const Mask& wanted, int64_t buckets, PlaceOf place, Reached reached) {
  std::vector<int32_t> key(wanted.size(), -1);
  bool any = false;
  for (size_t e = 0; e < wanted.size(); e++) {
    if (!wanted[e]) continue;
    const int64_t bucket = place(e).bucket;
    if (!reached(bucket)) continue;
    key[e] = static_cast<int32_t>(bucket);
    any = true;
  }
  if (!any) return;
  auto rows = std::make_shared<Rows>(numberByKey(key, static_cast<int32_t>(buckets)));
  recipe.wanted = listRows(rows->row, buckets, place);
  recipe.rows = rows;
}

/// Notes how many products a mix takes; termsOf(bucket) counts the terms of one.
template <class TermsOf>
void countProducts(MixRecipe& recipe, TermsOf termsOf) {
  for (int64_t b = 0; b + 1 < static_cast<int64_t>(recipe.wanted.offsets.size()); b++) {
    const int64_t outputs = recipe.wanted.offsets[b + 1] - recipe.wanted.offsets[b];
    if (outputs > 0) recipe.products += outputs * termsOf(b);
  }
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

/// Nanoseconds of one product of a plane, roughly: what pieces of work are cut by.
constexpr double productTime = 0.5;

/// Runs make(bucket, terms) and sums its terms into the fresh rows of every bucket. Items of `wanted` say which scalar of a term belongs to
/// an output.
template <class MakeTerms>
void mixRows(Walk& walk, const MixRecipe& recipe, const BlockPtr& from, const BlockPtr& to, const Slices& cut, MakeTerms makeTerms) {
  const int64_t buckets = static_cast<int64_t>(recipe.wanted.offsets.size()) - 1;
  const Lists& wanted = recipe.wanted;
  const Planes planes = {walk.planes(), walk.step(from), walk.step(to)};
  float* const rows = to->data();
  walk.frame.pool.each(buckets * cut.slices, 1, [&](int64_t begin, int64_t end) {
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
      const int32_t* row = &wanted.row[0] + (first - &wanted.item[0]);
      out.resize(last - first);
      for (size_t i = 0; i < out.size(); i++) out[i] = rows + static_cast<int64_t>(row[i]) * planeLanes;
      walk.frame.kernels.combine(terms.data(), terms.count(), first, out.data(), last - first, planes);
    }
  });
}

}  // namespace agon
