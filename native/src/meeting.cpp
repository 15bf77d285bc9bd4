#include "meeting.h"

#include <algorithm>

#include "stopwatch.h"

namespace agon {

int64_t Meeting::Part::bytes() const {
  int64_t members = 0;
  for (const Cell& cell : cells) members += static_cast<int64_t>(cell.members.size());
  return static_cast<int64_t>(sizeof(float)) * (static_cast<int64_t>(element.size() + row.size() + change.size()) + members) +
         static_cast<int64_t>(sizeof(Cell) * cells.size());
}

int64_t Meeting::bytes() const {
  int64_t all = 0;
  for (const Part& part : parts) all += part.bytes();
  return all;
}

Route Meeting::cut(const Graph& graph, Route route) const {
  route.first = graph.producer[value] + 1;
  route.target = value;
  return route;
}

namespace {

/// Looks up the rows of a part's terms; those without one get `none`.
void lookUp(Meeting::Part& part, const Rows& rows, int32_t none) {
  for (size_t t = 0; t < part.row.size(); t++) {
    const int32_t row = rows.row[part.element[t]];
    part.row[t] = row < 0 ? none : row;
  }
}

/// Scalars of the terms of a cell of so many members.
const std::vector<int32_t>& scalarsFor(std::vector<int32_t> (&of)[mostWidth + 1], int64_t width, int64_t terms) {
  for (int64_t t = static_cast<int64_t>(of[width].size()); t < terms; t++) of[width].push_back(static_cast<int32_t>(t * width));
  return of[width];
}

/// Makes the maps of one chunk from its cotangents at the meeting.
void meet(Meeting& meeting, const Walk& walk, const Cotangent& cotangent, const MapSink& sink) {
  const Stopwatch watch;
  const bool isNew = cotangent && cotangent.rows != meeting.rows;
  const int64_t step = cotangent ? walk.step(cotangent.block) : 0;
  const int32_t none = static_cast<int32_t>(step / planeLanes - 1);  // the last row of a block is zero
  const Planes planes = {walk.planes(), step, (mostWidth | 1) * planeLanes};
  const float* const rows = cotangent ? walk.row(cotangent.block, 0) : nullptr;
  int32_t members[mostWidth];
  for (int32_t i = 0; i < mostWidth; i++) members[i] = i;
  walk.frame.pool.each(static_cast<int64_t>(meeting.parts.size()), 1, [&](int64_t begin, int64_t end) {
    const Buffer sums(planes.out * planes.count);
    alignas(64) float map[mostLanes];
    std::vector<int32_t> scalars[mostWidth + 1];
    for (int64_t p = begin; p < end; p++) {
      Meeting::Part& part = meeting.parts[p];
      if (isNew) lookUp(part, *cotangent.rows, none);
      for (const Meeting::Cell& cell : part.cells) {
        const int64_t width = static_cast<int64_t>(cell.members.size()), terms = cotangent ? cell.terms : 0;
        walk.mix()({part.change.data() + cell.firstChange, rows, scalarsFor(scalars, width, terms).data(), part.row.data() + cell.firstTerm, terms},
                   {members, sums.data(), width}, planes);
        for (int64_t i = 0; i < width; i++) {
          joinPlanes(sums.data() + i * planeLanes, planes.out, planes.count, map);
          sink.takeMap(cell.members[i], map);
        }
      }
    }
  });
  if (isNew) meeting.rows = cotangent.rows;
  meeting.seconds += watch.seconds();
}

/// Notes in the trace what became of the instructions below.
void traceMeeting(const Graph& graph, const Frame& frame, const Meeting& meeting, int64_t labels, Trace& trace) {
  for (size_t level = 0; level < meeting.below.size(); level++) {
    const Operation& operation = *graph.operations[meeting.below[level]];
    Step& step = trace.steps[operation.index];
    step.way = Way::Meet;
    step.alive = meeting.alive[level];
    step.labels += labels;
    step.outputs = frame.size(operation.outputs[0]);
    step.inputs = frame.size(operation.inputs[0]);
    step.wanted = std::count(frame.wanted[operation.inputs[0]]->begin(), frame.wanted[operation.inputs[0]]->end(), 1);
    step.denseProducts = operation.denseProducts(frame);
  }
  Step& last = trace.steps[meeting.below.back()];
  last.products = meeting.products;
  last.seconds += meeting.seconds;
}

}  // namespace

void eachMap(const Graph& graph, Frame& frame, Memory& memory, const Route& whole, const MapMaker& maker, MapSink& sink, const Control& control,
             const std::function<void(int64_t done)>& told) {
  const auto begin = [&](const Walk& walk, int64_t first, int64_t count) { sink.begin(walk, first, count); };
  if (auto meeting = findMeeting(graph, frame, memory, whole, maker, control)) {
    const Trace before = control.trace ? *control.trace : Trace();
    const Control rest = control.without(meeting->bytes());
    const bool isDone = fits([&] {
      eachChunk(graph, frame, memory, meeting->cut(graph, whole), rest, [&](const Walk& walk, const Cotangent& g, int64_t first, int64_t count) {
        meet(*meeting, walk, g, sink);
        told(first + count);
      }, begin);
    });
    if (isDone && control.trace) traceMeeting(graph, frame, *meeting, whole.source.count, *control.trace);
    if (isDone) return;
    if (control.trace) *control.trace = before;
  }
  Route route = whole;
  route.sink = &sink;
  eachChunk(graph, frame, memory, route, control, [&](const Walk& walk, const Cotangent& g, int64_t first, int64_t count) {
    const Stopwatch watch;
    if (!walk.sunk) sink.takeAll(g);
    if (control.trace) control.trace->foldSeconds += watch.seconds();
    told(first + count);
  }, begin);
}

}  // namespace agon
