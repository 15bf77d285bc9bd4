#include "meeting-path.h"

#include <algorithm>

namespace agon {

namespace {

int64_t readersOf(const Graph& graph, int32_t value) {
  int64_t readers = 0;
  for (const auto& operation : graph.operations) readers += std::count(operation->inputs.begin(), operation->inputs.end(), value);
  return readers;
}

}  // namespace

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

Cells cellsOf(const Carrier& first, const MapMaker& maker, int64_t valueSize) {
  Cells cells;
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

Cells joined(const Cells& cells, int64_t together) {
  Cells wide;
  int64_t left = 0;
  for (const auto& cell : cells) {
    if (left == 0 || static_cast<int64_t>(wide.back().size() + cell.size()) > mostWidth) {
      wide.emplace_back();
      left = together;
    }
    wide.back().insert(wide.back().end(), cell.begin(), cell.end());
    left--;
  }
  return wide;
}

}  // namespace agon
