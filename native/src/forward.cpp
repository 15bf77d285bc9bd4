#include "batch/run.h"
#include "graph.h"

namespace agon {

namespace {

[[noreturn]] void contradiction(const std::string& what) { throw Error("AGON_INTERNAL", "program: " + what); }

void checkValues(const Program& program) {
  const int32_t count = static_cast<int32_t>(program.values.size());
  for (int32_t v = 0; v < count; v++) {
    const Value& value = program.values[v];
    if (value.size < 0 || value.size > INT32_MAX) contradiction("value " + std::to_string(v) + " with size " + std::to_string(value.size));
    if (!value.constant.empty() && static_cast<int64_t>(value.constant.size()) != value.size)
      contradiction("constant " + std::to_string(v) + " with " + std::to_string(value.constant.size()) + " of " + std::to_string(value.size) + " values");
  }
  if (program.input < 0 || program.input >= count || program.output < 0 || program.output >= count) contradiction("input or output id out of range");
  if (!program.values[program.input].constant.empty()) contradiction("constant input");
}

/// Every value read has been made before: it is the input, a constant, or the output of an earlier instruction.
std::vector<int32_t> producers(const Program& program) {
  std::vector<int32_t> producer(program.values.size(), -1);
  std::vector<uint8_t> made(program.values.size(), 0);
  made[program.input] = 1;
  for (size_t v = 0; v < made.size(); v++)
    if (!program.values[v].constant.empty() || program.values[v].size == 0) made[v] = 1;
  for (size_t i = 0; i < program.instructions.size(); i++) {
    const std::string name = "instruction " + std::to_string(i);
    for (const int32_t v : program.instructions[i].inputs)
      if (v >= 0 && !made[v]) contradiction(name + " reads value " + std::to_string(v) + " before it is made");
    for (const int32_t v : program.instructions[i].outputs) {
      if (made[v]) contradiction(name + " writes value " + std::to_string(v) + " again");
      made[v] = 1;
      producer[v] = static_cast<int32_t>(i);
    }
  }
  if (!made[program.output]) contradiction("output that nothing makes");
  return producer;
}

}  // namespace

std::vector<int32_t> producersOf(const Program& program) {
  checkValues(program);
  return producers(program);
}

Graph prepare(Program program) {
  checkValues(program);
  std::vector<uint8_t> inUse(program.values.size(), 0);
  inUse[program.output] = 1;
  Graph graph;
  for (size_t i = 0; i < program.instructions.size(); i++)
    graph.operations.push_back(makeOperation(program, static_cast<int32_t>(i), inUse));
  graph.producer = producers(program);
  graph.input = program.input;
  graph.output = program.output;
  graph.canBatch = canBatch(graph.operations, program.values);
  for (size_t v = 0; v < program.values.size(); v++) {
    auto& constant = program.values[v].constant;
    graph.isConstant.push_back(!constant.empty());
    if (!inUse[v]) std::vector<float>().swap(constant);
  }
  graph.values = std::move(program.values);
  return graph;
}

void throwIfAborted(const std::atomic<bool>* abort) {
  if (abort && abort->load(std::memory_order_relaxed)) throw Error("AGON_ABORTED", "aborted");
}

Frame makeFrame(const Graph& graph, Pool& pool) {
  Frame frame{graph.values, pool, kernels(), {}, {}, {}, {}};
  frame.data.assign(graph.values.size(), nullptr);
  frame.storage.resize(graph.values.size());
  frame.locals.resize(graph.operations.size());
  frame.wanted.resize(graph.values.size());
  for (size_t v = 0; v < graph.values.size(); v++)
    if (!graph.values[v].constant.empty()) frame.data[v] = graph.values[v].constant.data();
  return frame;
}

void runForward(const Graph& graph, Frame& frame, const float* input, int32_t until, const std::atomic<bool>* abort) {
  frame.data[graph.input] = input;
  const int32_t last = graph.producer[until];
  for (int32_t i = 0; i <= last; i++) {
    throwIfAborted(abort);
    graph.operations[i]->forward(frame);
  }
}

void linearize(const Graph& graph, Frame& frame, int32_t wrt, const std::atomic<bool>* abort) {
  for (auto& mask : frame.wanted) mask = nullptr;
  frame.wanted[wrt] = std::make_shared<const Mask>(frame.size(wrt), 1);
  for (const auto& operation : graph.operations) {
    bool any = false;
    for (const int32_t v : operation->inputs) any = any || (v >= 0 && frame.wanted[v]);
    if (!any) continue;
    throwIfAborted(abort);
    operation->linearize(frame);
  }
}

}  // namespace agon
