#include "rows.h"

#include <algorithm>
#include <atomic>
#include <numeric>

#include "threads.h"

namespace agon {

namespace {

/// Elements per piece of work.
constexpr int64_t elementGrain = 1 << 15;

/// Calls visit(e, row, source, coefficient) for every link that carries something, in ascending order of e.
template <class Visit>
void eachLink(const Rows& g, const Mask& wanted, const Links& links, Visit visit) {
  const int64_t size = static_cast<int64_t>(g.row.size());
  for (int64_t e = 0; e < size; e++) {
    if (g.row[e] < 0) continue;
    const int64_t begin = links.offsets ? links.offsets[e] : e;
    const int64_t end = links.offsets ? links.offsets[e + 1] : e + 1;
    for (int64_t k = begin; k < end; k++) {
      const int64_t source = links.source ? links.source[k] : e;
      if (source < 0 || !wanted[source]) continue;
      const float coefficient = links.coefficient ? links.coefficient[k] : 1.0f;
      if (coefficient != 0) visit(g.row[e], source, coefficient);
    }
  }
}

/// What the links look like from both ends.
struct RowSurvey {
  std::vector<int32_t> fanIn;     // links per element of x
  Table firstRow;                 // smallest row per element of x, or -1
  std::vector<float> factor;      // per row: the coefficient of its links
  bool any = false, single = true, uniform = true, ones = true;
};

RowSurvey survey(const Rows& g, const Mask& wanted, const Links& links) {
  RowSurvey s;
  s.fanIn.assign(wanted.size(), 0);
  s.firstRow.assign(wanted.size(), -1);
  s.factor.assign(g.count, 0.0f);
  eachLink(g, wanted, links, [&](int32_t row, int64_t source, float coefficient) {
    s.any = true;
    if (++s.fanIn[source] > 1) s.single = false;
    if (static_cast<uint32_t>(row) < static_cast<uint32_t>(s.firstRow[source])) s.firstRow[source] = row;  // -1 is the largest
    if (s.factor[row] == 0) s.factor[row] = coefficient;
    if (s.factor[row] != coefficient) s.uniform = false;
    if (coefficient != 1) s.ones = false;
  });
  return s;
}

bool isDistinct(const Rows& rows) {
  std::vector<uint8_t> seen(rows.count, 0);
  for (const int32_t row : rows.row) {
    if (row < 0) continue;
    if (seen[row]) return false;
    seen[row] = 1;
  }
  return true;
}

/// One new row per old row that is used, scaled once.
void scaleRows(PullRecipe& recipe, RowSurvey& s, Rows& rows) {
  std::vector<int32_t> renumbered(s.factor.size(), -1);
  for (int32_t row = 0; row < static_cast<int32_t>(s.factor.size()); row++) {
    if (s.factor[row] == 0) continue;
    renumbered[row] = static_cast<int32_t>(recipe.from.size());
    recipe.from.push_back(row);
    recipe.factor.push_back(s.factor[row]);
  }
  for (auto& row : rows.row)
    if (row >= 0) row = renumbered[row];
  rows.count = static_cast<int32_t>(recipe.from.size());
}

void combineRows(PullRecipe& recipe, const RowSurvey& s, const Rows& g, const Mask& wanted, const Links& links, const Rows& rows) {
  recipe.offsets = offsetsOf(rows, s.fanIn);
  std::vector<int32_t> next(recipe.offsets.begin(), recipe.offsets.end() - 1);
  recipe.from.resize(recipe.offsets.back());
  recipe.factor.resize(recipe.offsets.back());
  eachLink(g, wanted, links, [&](int32_t row, int64_t source, float coefficient) {
    const int32_t k = next[rows.row[source]]++;
    recipe.from[k] = row;
    recipe.factor[k] = coefficient;
  });
}

/// True if every element that has a row is wanted.
bool isWanted(Pool& pool, const Rows& g, const Mask& wanted) {
  std::atomic<bool> all{true};
  pool.each(static_cast<int64_t>(g.row.size()), elementGrain, [&, row = g.row.data(), mask = wanted.data()](int64_t begin, int64_t end) {
    constexpr int64_t stretch = 1024;
    for (int64_t from = begin; from < end && all; from += stretch) {
      int32_t unwanted = 0;
      for (int64_t e = from; e < std::min(end, from + stretch); e++) unwanted |= (row[e] >= 0) & (mask[e] == 0);
      if (unwanted) all = false;
    }
  });
  return all;
}

/// The recipe where element e is element place[e].
std::shared_ptr<PullRecipe> placeRecipe(Pool& pool, const Rows& g, const Mask& wanted, const int32_t* place) {
  Rows rows;
  rows.row.resize(wanted.size());
  rows.count = g.count;
  std::atomic<bool> any{false};
  pool.each(static_cast<int64_t>(wanted.size()), elementGrain,
            [&, from = g.row.data(), mask = wanted.data(), to = rows.row.data()](int64_t begin, int64_t end) {
              bool some = false;
              for (int64_t e = begin; e < end; e++) {
                to[e] = mask[e] ? from[place[e]] : -1;
                some = some || to[e] >= 0;
              }
              if (some) any = true;
            });
  auto recipe = std::make_shared<PullRecipe>();
  if (!any) return recipe;
  rows.distinct = g.distinct || isDistinct(rows);
  recipe->rows = std::make_shared<const Rows>(std::move(rows));
  return recipe;
}

/// The recipe where elements have one source each and no two the same, without factors; else null.
std::shared_ptr<PullRecipe> moveRecipe(const Rows& g, const Mask& wanted, const int32_t* source) {
  Rows rows;
  rows.row.assign(wanted.size(), -1);
  rows.count = g.count;
  bool any = false;
  for (size_t e = 0; e < g.row.size(); e++) {
    const int32_t x = source[e];
    if (g.row[e] < 0 || x < 0 || !wanted[x]) continue;
    if (rows.row[x] >= 0) return nullptr;
    rows.row[x] = g.row[e];
    any = true;
  }
  auto recipe = std::make_shared<PullRecipe>();
  if (!any) return recipe;
  rows.distinct = g.distinct || isDistinct(rows);
  recipe->rows = std::make_shared<const Rows>(std::move(rows));
  return recipe;
}

/// The recipe where elements have one source each, without factors, and no two a row in common: new rows are numbered in the order of their first old ones.
std::shared_ptr<PullRecipe> sumRecipe(const Rows& g, const Mask& wanted, const int32_t* source) {
  const int64_t size = static_cast<int64_t>(g.row.size());
  Table elementOf(g.count, -1);
  for (int64_t e = 0; e < size; e++)
    if (g.row[e] >= 0) elementOf[g.row[e]] = static_cast<int32_t>(e);
  auto recipe = std::make_shared<PullRecipe>();
  recipe->mode = PullRecipe::Mode::Combine;
  Rows rows;
  rows.distinct = true;
  rows.row.assign(wanted.size(), -1);
  std::vector<int32_t> fanIn;
  for (const int32_t e : elementOf) {
    const int32_t x = e < 0 ? -1 : source[e];
    if (x < 0 || !wanted[x]) continue;
    if (rows.row[x] < 0) {
      rows.row[x] = static_cast<int32_t>(fanIn.size());
      fanIn.push_back(0);
    }
    fanIn[rows.row[x]]++;
  }
  if (fanIn.empty()) return recipe;
  rows.count = static_cast<int32_t>(fanIn.size());
  recipe->offsets.resize(rows.count + 1, 0);
  std::partial_sum(fanIn.begin(), fanIn.end(), recipe->offsets.begin() + 1);
  recipe->from.resize(recipe->offsets.back());
  recipe->factor.assign(recipe->offsets.back(), 1.0f);
  std::vector<int32_t> next(recipe->offsets.begin(), recipe->offsets.end() - 1);
  for (int64_t e = 0; e < size; e++) {
    const int32_t x = g.row[e] < 0 ? -1 : source[e];
    if (x >= 0 && wanted[x]) recipe->from[next[rows.row[x]]++] = g.row[e];
  }
  recipe->rows = std::make_shared<const Rows>(std::move(rows));
  recipe->products = static_cast<int64_t>(recipe->factor.size());
  return recipe;
}

/// The recipe where every element comes from the element at its place, if that element has a row of its own or no factor; else null.
std::shared_ptr<PullRecipe> elementwiseRecipe(Pool& pool, const RowsPtr& all, bool owned, const Mask& wanted, const float* factor) {
  if (!factor && isWanted(pool, *all, wanted)) {
    auto same = std::make_shared<PullRecipe>();
    same->rows = all;
    return same;
  }
  const Rows& g = *all;
  const int64_t size = static_cast<int64_t>(g.row.size());
  Rows rows;
  rows.row.resize(size);
  rows.count = g.count;
  rows.distinct = g.distinct;
  std::atomic<bool> ones{true}, any{false};
  const int32_t* const from = g.row.data();
  int32_t* const to = rows.row.data();
  pool.each(size, elementGrain, [&, from, to](int64_t begin, int64_t end) {
    int32_t others = 0, some = 0;
    for (int64_t e = begin; e < end; e++) {
      const float by = factor ? factor[e] : 1.0f;
      const int32_t goesOn = (from[e] >= 0) & (wanted[e] != 0) & (by != 0);
      to[e] = goesOn ? from[e] : -1;
      others |= goesOn & (by != 1);
      some |= goesOn;
    }
    if (others) ones = false;
    if (some) any = true;
  });
  if (!ones && !g.distinct) return nullptr;
  auto recipe = std::make_shared<PullRecipe>();
  if (!any) return recipe;
  if (!ones) {
    recipe->mode = owned ? PullRecipe::Mode::ScaleInPlace : PullRecipe::Mode::Scale;
    recipe->factor.assign(owned ? g.count : 0, 0.0f);
    for (int64_t e = 0; e < size; e++) {
      if (rows.row[e] < 0) continue;
      if (owned) {
        recipe->factor[rows.row[e]] = factor[e];
      } else {
        recipe->from.push_back(rows.row[e]);
        recipe->factor.push_back(factor[e]);
        rows.row[e] = static_cast<int32_t>(recipe->from.size()) - 1;
      }
    }
    rows.count = owned ? g.count : static_cast<int32_t>(recipe->from.size());
  }
  recipe->products = static_cast<int64_t>(recipe->factor.size());
  recipe->rows = std::make_shared<const Rows>(std::move(rows));
  return recipe;
}

}  // namespace

std::vector<int32_t> offsetsOf(const Rows& rows, const std::vector<int32_t>& fanIn) {
  std::vector<int32_t> offsets(rows.count + 1, 0);
  for (size_t x = 0; x < fanIn.size(); x++)
    if (rows.row[x] >= 0) offsets[rows.row[x] + 1] = fanIn[x];
  for (int32_t i = 0; i < rows.count; i++) offsets[i + 1] += offsets[i];
  return offsets;
}

Rows numberByKey(const int32_t* key, size_t size, int32_t keys) {
  std::vector<int32_t> next(static_cast<size_t>(keys) + 1, 0);
  for (size_t e = 0; e < size; e++)
    if (key[e] >= 0) next[key[e] + 1]++;
  for (int32_t k = 0; k < keys; k++) next[k + 1] += next[k];
  Rows rows;
  rows.count = next[keys];
  rows.distinct = true;
  rows.row.resize(size);
  for (size_t e = 0; e < size; e++) rows.row[e] = key[e] < 0 ? -1 : next[key[e]]++;
  return rows;
}

std::shared_ptr<PullRecipe> pullRecipe(Pool& pool, const RowsPtr& all, bool owned, const Mask& wanted, const Links& links) {
  const Rows& g = *all;
  if (links.place) return placeRecipe(pool, g, wanted, links.place);
  if (!links.offsets && !links.source)
    if (auto simple = elementwiseRecipe(pool, all, owned, wanted, links.coefficient)) return simple;
  if (links.source && !links.offsets && !links.coefficient) {
    if (auto simple = moveRecipe(g, wanted, links.source)) return simple;
    if (g.distinct) return sumRecipe(g, wanted, links.source);
  }
  auto recipe = std::make_shared<PullRecipe>();
  RowSurvey s = survey(g, wanted, links);
  if (!s.any) return recipe;
  Rows rows;
  if (s.single && s.uniform) {
    rows.row = std::move(s.firstRow);
    rows.count = g.count;
    if (s.ones) {
      recipe->mode = PullRecipe::Mode::Move;
    } else if (owned) {
      recipe->mode = PullRecipe::Mode::ScaleInPlace;
      recipe->factor = std::move(s.factor);
    } else {
      recipe->mode = PullRecipe::Mode::Scale;
      scaleRows(*recipe, s, rows);
    }
    rows.distinct = isDistinct(rows);
  } else {
    recipe->mode = PullRecipe::Mode::Combine;
    rows = numberByKey(s.firstRow, g.count);
    combineRows(*recipe, s, g, wanted, links, rows);
  }
  recipe->rows = std::make_shared<const Rows>(std::move(rows));
  recipe->products = static_cast<int64_t>(recipe->factor.size());
  return recipe;
}

std::shared_ptr<MergeRecipe> mergeRecipe(const RowsPtr& first, bool ownsFirst, const RowsPtr& second, bool ownsSecond) {
  auto recipe = std::make_shared<MergeRecipe>();
  const auto &a = first->row, &b = second->row;
  bool inFirst = ownsFirst && first->distinct, inSecond = ownsSecond && second->distinct;
  std::vector<int32_t> key(a.size());
  for (size_t e = 0; e < a.size(); e++) {
    if (b[e] >= 0 && a[e] < 0) inFirst = false;
    if (a[e] >= 0 && b[e] < 0) inSecond = false;
    key[e] = a[e] >= 0 ? a[e] : b[e] >= 0 ? first->count + b[e] : -1;
  }
  recipe->mode = inFirst ? MergeRecipe::Mode::IntoFirst : inSecond ? MergeRecipe::Mode::IntoSecond : MergeRecipe::Mode::Fresh;
  recipe->rows = inFirst    ? first
                 : inSecond ? second
                            : std::make_shared<const Rows>(numberByKey(key, first->count + second->count));
  return recipe;
}

}  // namespace agon
