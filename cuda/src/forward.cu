#include "../../native/src/producers.h"
#include "graph.h"

#include <limits>

namespace agon::cuda {

namespace {

struct Turn {
  const float* in;
  float* out;
  int64_t rows, columns;
  /// Element i of the result, [columns, rows].
  AGON_HD void operator()(int64_t i) const { out[i] = in[i % rows * columns + i / rows]; }
};

struct Fill {
  uint8_t* out;
  uint8_t value;
  AGON_HD void operator()(int64_t i) const { out[i] = value; }
};

}  // namespace

Graph prepare(Program program, Device& device) {
  Graph graph;
  graph.producer = producersOf(program);
  graph.input = program.input;
  graph.output = program.output;
  for (const Value& value : program.values)
    if (value.size > std::numeric_limits<int32_t>::max())
      throw Error("AGON_INTERNAL", "value: expected fewer than 2^31 elements, found " + std::to_string(value.size));
  std::vector<uint8_t> inUse(program.values.size(), 0);
  inUse[program.output] = 1;
  for (size_t i = 0; i < program.instructions.size(); i++)
    graph.operations.push_back(makeOperation(program, static_cast<int32_t>(i), inUse, device));
  for (size_t v = 0; v < program.values.size(); v++) {
    const Value& value = program.values[v];
    graph.size.push_back(value.size);
    graph.isConstant.push_back(!value.constant.empty());
    graph.constants.push_back(inUse[v] && !value.constant.empty() ? Floats(device, value.constant) : Floats());
  }
  return graph;
}

void throwIfAborted(const std::atomic<bool>* abort) {
  if (abort && abort->load(std::memory_order_relaxed)) throw Error("AGON_ABORTED", "aborted");
}

int64_t Frame::size(int32_t value) const { return graph.size[value]; }

float* Frame::write(int32_t value, int32_t of) {
  if (!storage[value]) storage[value] = Floats(device, size(value) * of);
  data[value] = {storage[value].data(), of};
  return storage[value].data();
}

void Frame::pin(int32_t value) {
  if (!pinned || !storage[value] || (*pinned)[value].empty()) return;
  device.upload(storage[value].data(), (*pinned)[value].data(), storage[value].bytes());
}

int32_t Frame::examplesOf(const std::vector<int32_t>& values) const {
  for (const int32_t v : values)
    if (v >= 0 && data[v].examples > 1) return data[v].examples;
  return 1;
}

void Frame::wantAll(int32_t value) {
  auto all = mask(value);
  device.each(size(value), Fill{all->data(), 1});
  wanted[value] = std::move(all);
}

Frame makeFrame(const Graph& graph, Device& device, int32_t examples) {
  Frame frame{graph, device, examples};
  frame.data.resize(graph.size.size());
  frame.storage.resize(graph.size.size());
  frame.locals.resize(graph.operations.size());
  frame.wanted.resize(graph.size.size());
  for (size_t v = 0; v < graph.size.size(); v++) frame.data[v] = {graph.constants[v].data(), 1};
  return frame;
}

void turn(Device& device, const float* in, int64_t rows, int64_t columns, float* out) { device.each(rows * columns, Turn{in, out, rows, columns}); }

void runForward(Frame& frame, const float* input, int32_t until, const std::atomic<bool>* abort) {
  const Graph& graph = frame.graph;
  const int64_t size = frame.size(graph.input);
  frame.given = input;
  float* rows = frame.write(graph.input, frame.examples);
  if (frame.examples == 1) {
    frame.device.upload(rows, input, size * 4);
  } else {
    const Floats given(frame.device, frame.examples * size);
    frame.device.upload(given.data(), input, given.bytes());
    turn(frame.device, given.data(), frame.examples, size, rows);
  }
  for (int32_t i = 0; i <= graph.producer[until]; i++) {
    throwIfAborted(abort);
    graph.operations[i]->forward(frame);
    for (const int32_t value : graph.operations[i]->outputs) frame.pin(value);
  }
}

void linearize(Frame& frame, int32_t wrt, const std::atomic<bool>* abort) {
  for (auto& mask : frame.wanted) mask = nullptr;
  frame.wantAll(wrt);
  for (const auto& operation : frame.graph.operations) {
    bool any = false;
    for (const int32_t v : operation->inputs) any = any || (v >= 0 && frame.wanted[v]);
    if (!any) continue;
    throwIfAborted(abort);
    operation->linearize(frame);
  }
}

}  // namespace agon::cuda
