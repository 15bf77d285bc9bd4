// Looks for the value near the input where a pass of many cotangents ends best, and carries tangents to it.
#include <algorithm>

#include "meeting-trial.h"
#include "meeting.h"
#include "stopwatch.h"

namespace agon {

namespace {

/// Fewest cotangents for which tangents are carried: those of a narrow register would not pay for it, and few labels keep one rounding whatever the batch.
constexpr int64_t fewestCotangents = 48;
/// Cells of a part.
constexpr int64_t partCells = 64;

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
  const auto [level, cells] = bestPlace(path, maker, cellsOf(*path.carriers[0], maker, frame.size(path.values[0])), survey, source.count, frame.pool, control);
  if (level < 0) return std::nullopt;
  Meeting meeting;
  meeting.value = path.values[level];
  meeting.below.assign(path.instructions.begin(), path.instructions.begin() + level + 1);
  const Rows& rows = *survey.rows[level];
  const int64_t count = static_cast<int64_t>(cells.size());
  meeting.parts.resize((count + partCells - 1) / partCells);
  frame.pool.each(static_cast<int64_t>(meeting.parts.size()), 1, [&, level = level, &cells = cells](int64_t begin, int64_t end) {
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
