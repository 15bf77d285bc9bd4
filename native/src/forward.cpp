#include "batch/run.h"
#include "few/run.h"
#include "graph.h"

namespace agon {

namespace {

/// Tells instructions of the one before them whose output they alone read.
void followMakers(const Graph& graph) {
  std::vector<int32_t> readers(graph.values.size(), 0);
  readers[graph.output]++;
  for (const auto& operation : graph.operations)
    for (const int32_t v : operation->inputs)
      if (v >= 0) readers[v]++;
  for (size_t i = 1; i < graph.operations.size(); i++) {
    const int32_t made = graph.operations[i - 1]->outputs[0];
    if (graph.operations[i]->inputs[0] == made && readers[made] == 1) graph.operations[i]->follow(*graph.operations[i - 1]);
  }
}

}  // namespace

Graph prepare(Program program) {
  std::vector<int32_t> producer = producersOf(program);
  std::vector<uint8_t> inUse(program.values.size(), 0);
  inUse[program.output] = 1;
  Graph graph;
  for (size_t i = 0; i < program.instructions.size(); i++)
    graph.operations.push_back(makeOperation(program, static_cast<int32_t>(i), inUse));
  graph.producer = std::move(producer);
  graph.input = program.input;
  graph.output = program.output;
  graph.canBatch = canBatch(graph.operations, program.values);
  for (size_t v = 0; v < program.values.size(); v++) {
    auto& constant = program.values[v].constant;
    graph.isConstant.push_back(!constant.empty());
    if (!inUse[v]) std::vector<float>().swap(constant);
  }
  graph.values = std::move(program.values);
  graph.trunk = findTrunk(graph);
  followMakers(graph);
  graph.regions = findRegions(graph);
  graph.regionOf.assign(graph.operations.size(), -1);
  for (size_t r = 0; r < graph.regions.size(); r++) graph.regionOf[graph.regions[r].steps.back()] = static_cast<int32_t>(r);
  return graph;
}

void throwIfAborted(const std::atomic<bool>* abort) {
  if (abort && abort->load(std::memory_order_relaxed)) throw Error("AGON_ABORTED", "aborted");
}

Frame makeFrame(const Graph& graph, Pool& pool) {
  Frame frame{graph.values, pool, kernels(), {}, {}, {}, {}, {}};
  frame.data.assign(graph.values.size(), nullptr);
  frame.storage.resize(graph.values.size());
  frame.locals.resize(graph.operations.size());
  frame.wanted.resize(graph.values.size());
  frame.former.resize(graph.values.size());
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
