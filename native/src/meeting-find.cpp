// Looks for the value near the input where a pass of many cotangents ends best, and carries tangents to it.
#include <algorithm>
#include <limits>

#include "meeting.h"
#include "stopwatch.h"

namespace agon {

namespace {

/// Fewest cotangents for which tangents are carried: those of a narrow register would not pay for it, and few labels keep one rounding whatever the batch.
constexpr int64_t fewestCotangents = 48;
/// Cells of a part, and cells that are tried to choose a meeting.
constexpr int64_t partCells = 64, triedCells = 96;
/// Costs in products: a row that is written and read again, and a product with tangents (few members share a row, and the tangents are read from memory).
constexpr double ofRow = 48, ofChange = 1.5;
/// The share of the byte budget that tangents may take.
constexpr int64_t shareOfBudget = 3;

/// Instructions from the input, which is the value that gradients are taken to, on, each the only reader of the value before, and how tangents get from value to value; null: they are listed alike.
struct Path {
  std::vector<int32_t> instructions, values;
  std::vector<std::unique_ptr<Carrier>> carriers;
};

int64_t readersOf(const Graph& graph, int32_t value) {
  int64_t readers = 0;
  for (const auto& operation : graph.operations) readers += std::count(operation->inputs.begin(), operation->inputs.end(), value);
  return readers;
}

Path pathOf(const Graph& graph, const Frame& frame, int32_t start, int32_t end) {
  Path path;
  for (int32_t value = start; readersOf(graph, value) == 1;) {
    const int32_t reader = firstReader(graph, value);
    const Operation& operation = *graph.operations[reader];
    value = operation.outputs[0];
    if (operation.inputs[0] < 0 || operation.outputs.size() != 1 || value == end || value == graph.output || !frame.wanted[value]) break;
    auto carrier = operation.carrier(frame);
    if (!carrier) break;
    if (carrier->mask() && !path.carriers.empty() && path.carriers.back() && path.carriers.back()->narrow(*carrier->mask())) carrier = nullptr;
    path.instructions.push_back(reader);
    path.values.push_back(value);
    path.carriers.push_back(std::move(carrier));
  }
  return path;
}

/// Tangents of cells, carried along a path. One per thread.
class Carrying {
 public:
  Carrying(const Path& path, const MapMaker& maker) : path_(path), maker_(maker), own_(path.values.size() + 1), levels_(own_.size(), &own_[0]), scratch_(path.values.size()) {}
  /// The changes of value `level` of the path, and of all before it.
  const Tangents& upTo(size_t level, const std::vector<int32_t>& members) {
    maker_.tangentsOf(members, own_[0]);
    for (size_t i = 0; i <= level; i++) {
      levels_[i + 1] = path_.carriers[i] ? &own_[i + 1] : levels_[i];
      if (path_.carriers[i]) path_.carriers[i]->carry(*levels_[i], own_[i + 1], scratch_[i]);
    }
    return at(level);
  }
  const Tangents& at(size_t level) const { return *levels_[level + 1]; }

 private:
  const Path& path_;
  const MapMaker& maker_;
  std::vector<Tangents> own_;
  std::vector<const Tangents*> levels_;
  std::vector<CarrierScratch> scratch_;
};

/// Map elements in cells: those with the same first element of the first value, at most mostWidth together.
std::vector<std::vector<int32_t>> cellsOf(const Carrier& first, const MapMaker& maker, int64_t valueSize) {
  std::vector<std::vector<int32_t>> cells;
  std::vector<int32_t> open(valueSize + 1, -1);  // the last: changes nothing
  for (int64_t m = 0; m < maker.mapSize(); m++) {
    const int32_t key = first.first(static_cast<int32_t>(maker.elementOf(m, 0)));
    int32_t& cell = open[key < 0 ? valueSize : key];
    if (cell < 0 || static_cast<int64_t>(cells[cell].size()) == mostWidth) {
      cell = static_cast<int32_t>(cells.size());
      cells.emplace_back();
    }
    cells[cell].push_back(static_cast<int32_t>(m));
  }
  return cells;
}

/// What a pass over all labels does along the path, counted per label by a dry walk.
struct Survey {
  /// Per value of the path: cost of the pass below it, and its rows.
  std::vector<double> below;
  std::vector<RowsPtr> rows;
};

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

int64_t termsOf(const Tangents& tangents, const Rows& rows) {
  int64_t terms = 0;
  for (int64_t i = 0; i < tangents.count; i++) terms += rows.row[tangents.element(i)] >= 0;
  return terms;
}

/// The level of the path whose meeting saves most, from some of the cells; -1 if none does.
int64_t bestLevel(const Path& path, const MapMaker& maker, const std::vector<std::vector<int32_t>>& cells, const Survey& survey, const Control& control) {
  const int64_t levels = static_cast<int64_t>(path.values.size());
  const int64_t each = std::max<int64_t>(1, static_cast<int64_t>(cells.size()) / triedCells);
  std::vector<double> products(levels, 0.0), bytes(levels, 0.0);
  Carrying carrying(path, maker);
  for (size_t c = each / 2; c < cells.size(); c += each) {
    carrying.upTo(levels - 1, cells[c]);
    for (int64_t level = 0; level < levels && survey.rows[level]; level++) {
      const double terms = static_cast<double>(termsOf(carrying.at(level), *survey.rows[level]) * each);
      products[level] += terms * static_cast<double>(cells[c].size());
      bytes[level] += terms * sizeof(float) * static_cast<double>(cells[c].size() + 2);
    }
  }
  int64_t best = -1;
  double most = control.meet == Choice::Always ? -std::numeric_limits<double>::infinity() : 0;
  for (int64_t level = 0; level < levels && survey.rows[level]; level++) {
    const double saved = survey.below[level] - ofChange * products[level];
    if (saved <= most || bytes[level] * shareOfBudget > static_cast<double>(control.memory)) continue;
    best = level;
    most = saved;
  }
  return best;
}

/// Terms whose element carries a cotangent.
Meeting::Part partOf(Carrying& carrying, size_t level, const Rows& rows, const std::vector<int32_t>* cells, int64_t count, Meeting::Part& scratch) {
  scratch.cells.clear();
  scratch.element.clear();
  scratch.change.clear();
  for (int64_t c = 0; c < count; c++) {
    const Tangents& tangents = carrying.upTo(level, cells[c]);
    Meeting::Cell cell{cells[c], static_cast<int64_t>(scratch.element.size()), 0, static_cast<int64_t>(scratch.change.size())};
    for (int64_t i = 0; i < tangents.count; i++) {
      if (rows.row[tangents.element(i)] < 0) continue;
      scratch.element.push_back(tangents.element(i));
      scratch.change.insert(scratch.change.end(), tangents.at(i), tangents.at(i) + tangents.width);
      cell.terms++;
    }
    scratch.cells.push_back(std::move(cell));
  }
  scratch.row.resize(scratch.element.size());
  return scratch;
}

}  // namespace

std::optional<Meeting> findMeeting(const Graph& graph, Frame& frame, Memory& memory, const Route& whole, const MapMaker& maker, const Control& control) {
  const Source& source = whole.source;
  const bool isFree = control.meet == Choice::Always;
  if (control.meet == Choice::Never || !maker.sums()) return std::nullopt;
  if (!isFree && (source.count < fewestCotangents || source.count * denseProducts(graph, frame) < leastProducts)) return std::nullopt;
  const Stopwatch watch;
  const Path path = pathOf(graph, frame, whole.target, source.value);
  if (path.values.empty()) return std::nullopt;
  const Survey survey = surveyOf(graph, frame, memory, whole, path, control);
  const auto cells = cellsOf(*path.carriers[0], maker, frame.size(path.values[0]));
  const int64_t level = bestLevel(path, maker, cells, survey, control);
  if (level < 0) return std::nullopt;
  Meeting meeting;
  meeting.value = path.values[level];
  meeting.below.assign(path.instructions.begin(), path.instructions.begin() + level + 1);
  const Rows& rows = *survey.rows[level];
  const int64_t count = static_cast<int64_t>(cells.size());
  meeting.parts.resize((count + partCells - 1) / partCells);
  frame.pool.each(static_cast<int64_t>(meeting.parts.size()), 1, [&](int64_t begin, int64_t end) {
    Carrying carrying(path, maker);
    Meeting::Part scratch;
    for (int64_t p = begin; p < end; p++) {
      throwIfAborted(control.abort);
      meeting.parts[p] = partOf(carrying, level, rows, &cells[p * partCells], std::min(partCells, count - p * partCells), scratch);
    }
  });
  for (const Meeting::Part& part : meeting.parts) meeting.products += static_cast<int64_t>(part.change.size());
  for (int64_t l = 0; l <= level; l++)
    meeting.alive.push_back(std::count_if(survey.rows[l]->row.begin(), survey.rows[l]->row.end(), [](int32_t row) { return row >= 0; }));
  meeting.seconds = watch.seconds();
  return meeting;
}

}  // namespace agon
