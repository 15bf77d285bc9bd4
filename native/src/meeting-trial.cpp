// Which meeting saves most: the pass below each value of the path is counted by a dry walk, tangents by carrying some of the cells.
#include "meeting-trial.h"

#include <algorithm>
#include <limits>

namespace agon {

namespace {

/// Cells that are tried to see how far carrying could pay at all, and to choose a meeting.
constexpr int64_t hintCells = 6, triedCells = 96;
/// Neighbouring cells that are joined, to be tried.
constexpr int64_t joins[] = {1, 2, 4};
/// Costs in products: a row that is written and read again; a term, whose row and whose element are read; a product with tangents.
constexpr double ofRow = 48, ofTerm = 1.5, ofChange = 1;
/// How far the hint may be wrong.
constexpr double doubt = 2;
/// The share of the byte budget that tangents may take.
constexpr int64_t shareOfBudget = 3;

}  // namespace

Survey surveyOf(const Graph& graph, Frame& frame, Memory& memory, const Route& whole, const Path& path, const Control& control) {
  const Source& source = whole.source;
  const size_t levels = path.values.size();
  std::vector<int64_t> products(levels, 0);
  Survey survey{std::vector<double>(levels, 0.0), std::vector<RowsPtr>(levels)};
  Route route = whole;
  route.before = [&](const Walk& walk, int32_t instruction) {
    const auto found = std::find(path.instructions.begin(), path.instructions.end(), instruction);
    if (found == path.instructions.end()) return;
    const size_t level = found - path.instructions.begin();
    if (!walk.reached(path.values[level])) return;
    products[level] = walk.products;
    survey.rows[level] = walk.rowsOf(path.values[level]);
  };
  Arena arena;
  Walk walk(frame, memory, arena, fewestLanes, true);
  walkBack(graph, walk, route, source.seeds(frame, 0, source.count), control);
  for (size_t level = 0; level < levels && survey.rows[level]; level++) {
    const int64_t above = level == 0 ? walk.products : products[level - 1], spent = above - products[level];
    const double written = level == 0 || spent == 0 ? 0 : survey.rows[level - 1]->count;
    survey.below[level] = (level == 0 ? 0 : survey.below[level - 1]) + static_cast<double>(spent) + ofRow * written;
  }
  return survey;
}

namespace {

int64_t termsOf(const Tangents& tangents, const Rows& rows) {
  int64_t terms = 0;
  for (int64_t i = 0; i < tangents.count; i++) terms += rows.row[tangents.element(i)] >= 0;
  return terms;
}

/// What meeting at a level takes: per label, and once to carry.
struct Trial {
  double terms = 0, products = 0, bytes = 0, carrying = 0;
};

/// Counted per level from evenly spread cells.
std::vector<Trial> tryCells(const Path& path, const MapMaker& maker, const Cells& cells, int64_t tried, int64_t levels, const Survey& survey, Pool& pool,
                            const Control& control) {
  const int64_t count = static_cast<int64_t>(cells.size()), each = std::max<int64_t>(1, count / tried);
  const int64_t first = each / 2, runs = (count - first + each - 1) / each;
  std::vector<int64_t> terms(runs * levels), carrying(runs * levels);
  pool.each(runs, 1, [&](int64_t begin, int64_t end) {
    for (int64_t run = begin; run < end; run++) {
      throwIfAborted(control.abort);
      Carrying one(path, maker);
      one.upTo(levels - 1, cells[first + run * each]);
      for (int64_t level = 0; level < levels; level++) {
        terms[run * levels + level] = termsOf(one.at(level), *survey.rows[level]);
        carrying[run * levels + level] = one.productsTo(level);
      }
    }
  });
  std::vector<Trial> trials(levels);
  for (int64_t run = 0; run < runs; run++) {
    const double width = static_cast<double>(cells[first + run * each].size());
    for (int64_t level = 0; level < levels; level++) {
      const double found = static_cast<double>(terms[run * levels + level] * each);
      trials[level].terms += found;
      trials[level].products += found * width;
      trials[level].bytes += found * (width + 2) * sizeof(float);
      trials[level].carrying += static_cast<double>(carrying[run * levels + level] * each);
    }
  }
  return trials;
}

/// Where tangents may meet the pass of so many labels.
struct Search {
  const Survey& survey;
  const double labels, budget;
  const bool isAlways;

  double saved(const Trial& trial, int64_t level) const {
    return labels * (survey.below[level] - ofTerm * trial.terms - ofChange * trial.products) - trial.carrying;
  }
  bool mayPay(const Trial& hint, int64_t level) const {
    return hint.bytes <= doubt * budget && (isAlways || saved(hint, level) > -doubt * labels * survey.below[level]);
  }
};

}  // namespace

Place bestPlace(const Path& path, const MapMaker& maker, const Cells& cells, const Survey& survey, int64_t labels, Pool& pool, const Control& control) {
  const Search search{survey, static_cast<double>(labels), static_cast<double>(control.budget()) / shareOfBudget, control.meet == Choice::Always};
  const auto tried = [&](const Cells& of, int64_t count, int64_t levels) { return tryCells(path, maker, of, count, levels, survey, pool, control); };
  int64_t levels = 0;
  while (levels < static_cast<int64_t>(path.values.size()) && survey.rows[levels]) levels++;
  if (levels == 0) return {};
  for (const auto hints = tried(cells, hintCells, levels); levels > 0 && !search.mayPay(hints[levels - 1], levels - 1);) levels--;
  Place best;
  double most = search.isAlways ? -std::numeric_limits<double>::infinity() : 0;
  for (const int64_t together : joins) {
    if (levels == 0) break;
    Cells wide = joined(cells, together);
    const auto trials = tried(wide, triedCells, levels);
    bool isBetter = false;
    for (int64_t level = 0; level < levels; level++) {
      if (search.saved(trials[level], level) <= most || trials[level].bytes > search.budget) continue;
      best.level = level;
      most = search.saved(trials[level], level);
      isBetter = true;
    }
    if (isBetter) best.cells = std::move(wide);
  }
  return best;
}

}  // namespace agon
