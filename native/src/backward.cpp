#include <algorithm>

#include "cache.h"
#include "graph.h"
#include "stopwatch.h"

namespace agon {

namespace {

int64_t countOf(const Mask& mask) { return std::count(mask.begin(), mask.end(), 1); }

/// Runs an operation, or all of a region that it ends. What it leaves unmade is made at once, unless the instruction that reads it does so while it is in
/// the cache.
void propagate(const Graph& graph, const Operation& operation, Walk& walk, const Route& route) {
  const Way way = route.way;
  const int32_t region = walk.graph ? graph.regionOf[operation.index] : -1;
  if (region >= 0 && graph.regions[region].steps.front() >= route.first && graph.regions[region].backward(graph, walk)) return;
  if (way == Way::Batch) operation.backwardBatch(walk);
  else operation.backward(walk);
  for (const int32_t v : operation.inputs) {
    if (v < 0 || !walk.reached(v)) continue;
    const int32_t maker = graph.producer[v];
    if (maker < 0 || way == Way::Batch || !graph.operations[maker]->readsUnmade()) walk.make(v);
  }
}

/// Runs an operation and notes what it did.
void traceStep(const Graph& graph, const Operation& operation, Walk& walk, int64_t cotangents, const Route& route, Step& step) {
  const Frame& frame = walk.frame;
  step.alive = step.outputs = step.wanted = step.inputs = 0;
  for (const int32_t v : operation.outputs) {
    step.outputs += frame.size(v);
    if (walk.reached(v)) step.alive += walk.alive(v);
  }
  for (const int32_t v : operation.inputs) {
    if (!walk.wants(v)) continue;
    step.inputs += frame.size(v);
    step.wanted += countOf(walk.mask(v));
  }
  step.denseProducts = operation.denseProducts(frame);
  const int64_t before = walk.products;
  const double noted = walk.noted;
  const Stopwatch watch;
  propagate(graph, operation, walk, route);
  step.seconds += watch.seconds() - (walk.noted - noted);
  step.products = walk.products - before;
  step.labels += cotangents;
  step.way = step.products > 0 ? route.way : Way::Move;
}

}  // namespace

int64_t denseProducts(const Graph& graph, const Frame& frame) {
  int64_t products = 0;
  for (const auto& operation : graph.operations)
    if (frame.wanted[operation->outputs[0]]) products += operation->denseProducts(frame);
  return products;
}

int32_t firstReader(const Graph& graph, int32_t value) {
  for (size_t i = 0; i < graph.operations.size(); i++)
    for (const int32_t input : graph.operations[i]->inputs)
      if (input == value) return static_cast<int32_t>(i);
  return -1;
}

Route wholeRoute(const Graph& graph, const Source& source, int32_t target) {
  return {source, static_cast<int32_t>(graph.operations.size()) - 1, graph.producer[target] + 1, target};
}

Cotangent walkBack(const Graph& graph, Walk& walk, const Route& route, const ChunkSeeds& chunk, const Control& control) {
  if (!chunk.rows) return {};
  walk.bandBytes = control.bandBytes;
  walk.ringBytes = control.ringBytes > 0 ? control.ringBytes : nearBytes();
  if (!walk.dry) walk.trace = control.trace;
  walk.precision = control.precision;
  if (route.way != Way::Batch) {
    walk.labels = static_cast<int>(chunk.count);
    if (!route.before) walk.graph = &graph;
    walk.first = route.first;
  }
  const BlockPtr block = walk.allocate(chunk.rows->count);
  if (!walk.dry) {
    std::fill(block->data(), block->data() + block->size, 0.0f);
    route.source.fill(walk, chunk, block);
  }
  walk.give(route.source.value, {chunk.rows, block});
  for (int32_t i = route.last; i >= route.first; i--) {
    if (walk.dry && route.before) route.before(walk, i);
    const Operation& operation = *graph.operations[i];
    if (!walk.reached(operation.outputs[0])) continue;
    throwIfAborted(control.abort);
    walk.current = i;
    if (control.trace && !walk.dry) {
      traceStep(graph, operation, walk, chunk.count, route, control.trace->steps[i]);
    } else {
      propagate(graph, operation, walk, route);
    }
  }
  return walk.take(route.target);
}

namespace {

/// Elements that are turned from lanes into maps while they are in the cache.
constexpr int64_t tile = 64;

}  // namespace

void writeDense(const Walk& walk, const Cotangent& cotangent, int64_t size, int64_t first, int64_t count, int64_t example,
                int64_t examples, float* out) {
  walk.frame.pool.each((size + tile - 1) / tile, 16, [&](int64_t begin, int64_t end) {
    for (int64_t t = begin; t < end; t++) {
      for (int64_t j = 0; j < count; j++) {
        float* map = out + ((first + j) * examples + example) * size;
        for (int64_t e = t * tile; e < std::min(size, (t + 1) * tile); e++) {
          const int32_t row = cotangent ? cotangent.rows->row[e] : -1;
          map[e] = row < 0 ? 0.0f : walk.at(cotangent.block, row, j) + 0.0f;  // + 0 makes -0 to 0
        }
      }
    }
  });
}

}  // namespace agon
