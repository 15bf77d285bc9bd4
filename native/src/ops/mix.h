#pragma once
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

/// Runs make(bucket, terms) and sums its terms into the fresh rows of every bucket. Items of `wanted` say which scalar of a term belongs to
/// an output.
template <class MakeTerms>
void mixRows(Walk& walk, const MixRecipe& recipe, const BlockPtr& to, MakeTerms makeTerms) {
  const int64_t buckets = static_cast<int64_t>(recipe.wanted.offsets.size()) - 1;
  walk.frame.pool.each(buckets, 1, [&](int64_t begin, int64_t end) {
    std::vector<Term> terms;
    std::vector<float*> out;
    for (int64_t b = begin; b < end; b++) {
      const int32_t from = recipe.wanted.offsets[b], count = recipe.wanted.offsets[b + 1] - from;
      if (count == 0) continue;
      terms.clear();
      makeTerms(b, terms);
      out.resize(count);
      for (int32_t i = 0; i < count; i++) out[i] = walk.row(to, recipe.wanted.row[from + i]);
      walk.frame.kernels.combine(terms.data(), static_cast<int64_t>(terms.size()), &recipe.wanted.item[from], out.data(), count, walk.lanes);
    }
  });
}

}  // namespace agon
