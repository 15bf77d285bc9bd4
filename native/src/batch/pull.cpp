#include "pull.h"

#include <algorithm>
#include <limits>

namespace agon {

namespace {

constexpr int64_t rowGrain = 1 << 12;
constexpr int32_t first[] = {0};
constexpr int32_t none = std::numeric_limits<int32_t>::max();

/// Row i of x is made from rows from[k] of y with the factors of link of[k], k in offsets[i] .. in ascending order of the links. Where every row
/// has one source and owns it, it is made in place and `from` is empty.
struct LaneRecipe : Recipe {
  bool inPlace = false;
  std::vector<int32_t> offsets, from, of;
  /// In place of these three, where elements come from themselves: the element of each row, or -1.
  std::vector<int32_t> own;
  int64_t bytes() const override { return Recipe::bytes() + 4 * static_cast<int64_t>(offsets.size() + from.size() + of.size() + own.size()); }
};

/// visit(link, row of y, element of x) for every link that carries something.
template <class Visit>
void eachLink(const Rows& g, const Mask& wanted, const LaneLinks& links, Visit visit) {
  for (size_t e = 0; e < g.row.size(); e++) {
    if (g.row[e] < 0) continue;
    const size_t begin = links.offsets ? links.offsets[e] : e, end = links.offsets ? links.offsets[e + 1] : e + 1;
    for (size_t k = begin; k < end; k++) {
      if (links.bits && links.bits[k] == 0) continue;
      const size_t source = links.source ? links.source[k] : e;
      if (wanted[source]) visit(static_cast<int32_t>(k), g.row[e], source);
    }
  }
}

/// The recipe where every element comes from itself, in place.
std::shared_ptr<LaneRecipe> ownRecipe(const Rows& g, const Mask& wanted, const LaneLinks& links) {
  auto recipe = std::make_shared<LaneRecipe>();
  const size_t size = g.row.size();
  Rows rows;
  rows.count = g.count;
  rows.distinct = true;
  rows.row.resize(size);
  recipe->inPlace = true;
  recipe->own.assign(g.count, -1);
  const int32_t* const from = g.row.data();
  int32_t *const to = rows.row.data(), *const own = recipe->own.data();
  for (size_t e = 0; e < size; e++) {
    const bool goesOn = from[e] >= 0 && wanted[e] && (!links.bits || links.bits[e] != 0);
    to[e] = goesOn ? from[e] : -1;
    if (!goesOn) continue;
    own[from[e]] = static_cast<int32_t>(e);
    recipe->products++;
  }
  if (recipe->products > 0) recipe->rows = std::make_shared<const Rows>(std::move(rows));
  return recipe;
}

std::shared_ptr<LaneRecipe> laneRecipe(const Rows& g, bool owned, const Mask& wanted, const LaneLinks& links) {
  if (owned && g.distinct && !links.offsets && !links.source) return ownRecipe(g, wanted, links);
  auto recipe = std::make_shared<LaneRecipe>();
  std::vector<int32_t> key(wanted.size(), -1), fanIn(wanted.size(), 0);
  bool isSingle = true, any = false;
  eachLink(g, wanted, links, [&](int32_t, int32_t row, size_t source) {
    any = true;
    if (++fanIn[source] > 1) isSingle = false;
    key[source] = key[source] < 0 ? row : std::min(key[source], row);
  });
  if (!any) return recipe;
  recipe->inPlace = isSingle && owned && g.distinct && !links.offsets;
  Rows rows;
  if (recipe->inPlace) {
    rows.row.assign(key.begin(), key.end());
    rows.count = g.count;
    rows.distinct = true;
  } else {
    rows = numberByKey(key, g.count);
  }
  recipe->offsets = offsetsOf(rows, fanIn);
  std::vector<int32_t> next(recipe->offsets.begin(), recipe->offsets.end() - 1);
  recipe->of.resize(recipe->offsets.back());
  if (!recipe->inPlace) recipe->from.resize(recipe->offsets.back());
  eachLink(g, wanted, links, [&](int32_t link, int32_t row, size_t source) {
    const int32_t k = next[rows.row[source]]++;
    recipe->of[k] = link;
    if (!recipe->inPlace) recipe->from[k] = row;
  });
  recipe->products = static_cast<int64_t>(recipe->of.size());  // choosing lanes counts as multiplying by 0 and 1
  recipe->rows = std::make_shared<const Rows>(std::move(rows));
  return recipe;
}

void run(Walk& walk, const LaneRecipe& recipe, const BlockPtr& g, const BlockPtr& to, const LaneLinks& links) {
  const LaneKernels& k = laneKernels(walk.frame.kernels);
  walk.frame.pool.each(recipe.rows->count, rowGrain, [&](int64_t begin, int64_t end) {
    const auto one = [&](float* out, const float* row, int64_t link) {
      if (links.rows) k.multiply(out, row, links.rows + link * batchLanes);
      else k.keep(out, row, links.bits[link]);
    };
    if (!recipe.own.empty()) {
      for (int64_t i = begin; i < end; i++)
        if (recipe.own[i] >= 0) one(walk.row(to, i), walk.row(to, i), recipe.own[i]);
      return;
    }
    std::vector<Term> terms;
    for (int64_t i = begin; i < end; i++) {
      const int32_t from = recipe.offsets[i], count = recipe.offsets[i + 1] - from;
      float* out = walk.row(to, i);
      if (count == 1) {
        const float* row = recipe.inPlace ? out : walk.row(g, recipe.from[from]);
        one(out, row, recipe.of[from]);
      } else if (count > 1) {
        terms.clear();
        for (int32_t t = from; t < from + count; t++)
          terms.push_back({links.rows + static_cast<int64_t>(recipe.of[t]) * batchLanes, walk.row(g, recipe.from[t])});
        k.combine(terms.data(), count, first, &out, 1);
      }
    }
  });
}

}  // namespace

void pullLanes(Walk& walk, size_t slot, int32_t x, Cotangent g, const LaneLinks& links) {
  if (!walk.wants(x) || !g) return;
  const bool owned = Walk::owns(g);
  const auto make = [&](const LaneLinks& of) { return [&] { return laneRecipe(*g.rows, owned, walk.mask(x), of); }; };
  const LaneLinks whole = {links.source, links.rows, nullptr, links.offsets};
  const auto recipe = walk.frame.inTiles ? walk.recipeOfMask<LaneRecipe>(slot, x, {g.rows}, owned, make(whole))
                                         : walk.recipe<LaneRecipe>(slot, {g.rows}, owned, make(links));
  if (!recipe->rows) return;
  const BlockPtr to = recipe->inPlace ? g.block : walk.allocate(recipe->rows->count);
  if (!walk.dry) run(walk, *recipe, g.block, to, links);
  g.block.reset();
  walk.give(x, {recipe->rows, to});
}

namespace {

/// visit(winning element of x, the lanes that it wins) for every distinct winner of one element of y.
template <class Visit>
void eachWinner(const int32_t* winner, const Mask& wanted, Visit visit) {
  for (uint32_t left = 0xffff; left != 0;) {
    const int32_t chosen = winner[__builtin_ctz(left)];
    uint32_t bits = 0;
    for (int l = 0; l < batchLanes; l++) bits |= static_cast<uint32_t>(winner[l] == chosen) << l;
    left &= ~bits;
    if (wanted[chosen]) visit(chosen, static_cast<uint16_t>(bits));
  }
}

std::shared_ptr<ChoiceRecipe> choiceRecipe(const Rows& g, const Mask& wanted, const int32_t* winner) {
  struct Choice {
    int32_t x, row;
    uint16_t bits;
  };
  auto recipe = std::make_shared<ChoiceRecipe>();
  std::vector<int32_t> key(wanted.size(), none), fanIn(wanted.size(), 0);
  std::vector<Choice> choices;
  choices.reserve(g.row.size() * 2);
  for (size_t e = 0; e < g.row.size(); e++) {
    if (g.row[e] < 0) continue;
    eachWinner(winner + e * batchLanes, wanted, [&](int32_t x, uint16_t bits) {
      fanIn[x]++;
      key[x] = std::min(key[x], g.row[e]);
      choices.push_back({x, g.row[e], bits});
    });
  }
  for (auto& k : key)
    if (k == none) k = -1;
  Rows rows = numberByKey(key, g.count);
  if (rows.count == 0) return recipe;
  recipe->offsets = offsetsOf(rows, fanIn);
  std::vector<int32_t> next(recipe->offsets.begin(), recipe->offsets.end() - 1);
  recipe->from.resize(recipe->offsets.back());
  recipe->bits.resize(recipe->offsets.back());
  for (const Choice& choice : choices) {
    const int32_t k = next[rows.row[choice.x]]++;
    recipe->from[k] = choice.row;
    recipe->bits[k] = choice.bits;
  }
  recipe->products = static_cast<int64_t>(recipe->from.size());
  recipe->rows = std::make_shared<const Rows>(std::move(rows));
  return recipe;
}

}  // namespace

void pullWinners(Walk& walk, int32_t x, Cotangent g, const int32_t* winner) {
  if (!walk.wants(x) || !g) return;
  const auto recipe = walk.recipe<ChoiceRecipe>(0, {g.rows}, 0, [&] { return choiceRecipe(*g.rows, walk.mask(x), winner); });
  if (!recipe->rows) return;
  const BlockPtr to = walk.allocate(recipe->rows->count);
  if (!walk.dry) {
    const LaneKernels& k = laneKernels(walk.frame.kernels);
    walk.frame.pool.each(recipe->rows->count, rowGrain, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; i++) {
        float* out = walk.row(to, i);
        int32_t t = recipe->offsets[i];
        k.keep(out, walk.row(g.block, recipe->from[t]), recipe->bits[t]);
        for (t++; t < recipe->offsets[i + 1]; t++) k.addWhere(out, walk.row(g.block, recipe->from[t]), recipe->bits[t]);
      }
    });
  }
  walk.give(x, {recipe->rows, to});
}

}  // namespace agon
