#include <algorithm>

#include "graph.h"
#include "stopwatch.h"

namespace agon {

namespace {

constexpr int mostLanes = 64, fewestLanes = 16;
/// Elements that are turned from lanes into maps, or back, while they are in the cache.
constexpr int64_t tile = 64;

int paddedLanes(int64_t labels) {
  return static_cast<int>(std::min<int64_t>(mostLanes, (labels + fewestLanes - 1) / fewestLanes * fewestLanes));
}

/// Fills the seed rows of a chunk.
BlockPtr seedBlock(Walk& walk, const Graph& graph, const Seeds& seeds, const ChunkSeeds& chunk, int64_t example, int64_t examples) {
  const BlockPtr block = walk.allocate(chunk.rows->count);
  if (walk.dry) return block;
  const auto& row = chunk.rows->row;
  std::fill(block->data(), block->data() + block->size, 0.0f);
  const int64_t size = static_cast<int64_t>(row.size());
  if (!seeds.dense) {
    for (int64_t j = 0; j < chunk.count; j++) {
      const int32_t e = seeds.labels[example * seeds.count + chunk.first + j];
      if (row[e] >= 0) walk.at(block, row[e], j) = seeds.scaleByLogit ? walk.frame.data[graph.output][e] : 1.0f;
    }
    return block;
  }
  for (int64_t from = 0; from < size; from += tile) {
    for (int64_t j = 0; j < chunk.count; j++) {
      const float* cotangent = seeds.dense + ((chunk.first + j) * examples + example) * size;
      for (int64_t e = from; e < std::min(size, from + tile); e++)
        if (row[e] >= 0) walk.at(block, row[e], j) = cotangent[e];
    }
  }
  return block;
}

}  // namespace

ChunkSeeds seedRows(const Graph& graph, const Frame& frame, const Seeds& seeds, int64_t example, int64_t examples, int64_t first,
                    int64_t count) {
  ChunkSeeds chunk{nullptr, first, count};
  if (!frame.wanted[graph.output]) return chunk;
  const Mask& wanted = *frame.wanted[graph.output];
  const int64_t size = static_cast<int64_t>(wanted.size());
  std::vector<int32_t> key(size, -1);
  for (int64_t j = first; j < first + count; j++) {
    if (seeds.dense) {
      const float* cotangent = seeds.dense + (j * examples + example) * size;
      for (int64_t e = 0; e < size; e++)
        if (wanted[e] && cotangent[e] != 0) key[e] = 0;
    } else {
      const int32_t e = seeds.labels[example * seeds.count + j];
      if (wanted[e]) key[e] = 0;
    }
  }
  Rows rows = numberByKey(key, 1);
  if (rows.count > 0) chunk.rows = std::make_shared<const Rows>(std::move(rows));
  return chunk;
}

namespace {

int64_t countOf(const Mask& mask) { return std::count(mask.begin(), mask.end(), 1); }

/// Runs an operation and notes what it did.
void traceStep(const Operation& operation, Walk& walk, int64_t labels, Step& step) {
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
  const Stopwatch watch;
  operation.backward(walk);
  step.seconds += watch.seconds();
  step.products = walk.products - before;
  step.labels += labels;
  step.way = step.products > 0 ? Way::Skip : Way::Move;
}

}  // namespace

Cotangent walkBack(const Graph& graph, Walk& walk, const Seeds& seeds, const ChunkSeeds& chunk, int64_t example, int64_t examples,
                   int32_t wrt, const Control& control) {
  if (!chunk.rows) return {};
  walk.give(graph.output, {chunk.rows, seedBlock(walk, graph, seeds, chunk, example, examples)});
  for (int32_t i = static_cast<int32_t>(graph.operations.size()) - 1; i > graph.producer[wrt]; i--) {
    const Operation& operation = *graph.operations[i];
    if (!walk.reached(operation.outputs[0])) continue;
    throwIfAborted(control.abort);
    walk.current = i;
    if (control.trace && !walk.dry) {
      traceStep(operation, walk, chunk.count, control.trace->steps[i]);
    } else {
      operation.backward(walk);
    }
  }
  return walk.take(wrt);
}

namespace {

/// Everything that the chunks of one example have in common.
struct Pass {
  const Graph& graph;
  Frame& frame;
  Memory& memory;
  const Seeds& seeds;
  int64_t example, examples;
  int32_t wrt;
  const Control& control;
};

struct Chunk {
  ChunkSeeds seeds;
  int lanes;
  int64_t floats, bytes;  // of the arena; of the arena and the tables
};

/// Finds by a dry walk what a chunk needs.
Chunk measure(const Pass& pass, int64_t first, int lanes) {
  const int64_t count = std::min<int64_t>(lanes, pass.seeds.count - first);
  Chunk chunk{seedRows(pass.graph, pass.frame, pass.seeds, pass.example, pass.examples, first, count), lanes, 0, 0};
  Arena arena;
  {
    Walk walk(pass.frame, pass.memory, arena, lanes, true);
    walkBack(pass.graph, walk, pass.seeds, chunk.seeds, pass.example, pass.examples, pass.wrt, pass.control);
  }
  pass.memory.dropUnused();
  chunk.floats = arena.highWater();
  chunk.bytes = chunk.floats * static_cast<int64_t>(sizeof(float)) + pass.memory.bytes;
  return chunk;
}

/// The largest chunk whose walk stays within the budget.
Chunk chooseChunk(const Pass& pass, int64_t first) {
  for (int lanes = paddedLanes(pass.seeds.count - first); lanes >= fewestLanes; lanes -= fewestLanes) {
    Chunk chunk = measure(pass, first, lanes);
    if (chunk.bytes <= pass.control.memory) return chunk;
  }
  int64_t needed = 0;
  for (first = 0; first < pass.seeds.count; first += fewestLanes) needed = std::max(needed, measure(pass, first, fewestLanes).bytes);
  throw Error("AGON_OUT_OF_BUDGET", "memory of a backward pass: expected at least " + std::to_string(needed) + " bytes for " +
                                        std::to_string(fewestLanes) + " labels, found " + std::to_string(pass.control.memory));
}

}  // namespace

void eachChunk(const Graph& graph, Frame& frame, const Seeds& seeds, int64_t example, int64_t examples, int32_t wrt,
               const Control& control, const UseChunk& use) {
  Memory memory;
  memory.ofInstruction.resize(graph.operations.size());
  memory.ofMerge.resize(graph.values.size());
  const Pass pass{graph, frame, memory, seeds, example, examples, wrt, control};
  Buffer buffer;
  for (int64_t first = 0; first < seeds.count;) {
    throwIfAborted(control.abort);
    const Chunk chunk = chooseChunk(pass, first);
    const int64_t tables = chunk.bytes - chunk.floats * static_cast<int64_t>(sizeof(float));
    const bool isTooLarge = buffer.size() * static_cast<int64_t>(sizeof(float)) + tables > control.memory;
    if (buffer.size() < chunk.floats || isTooLarge) {
      buffer = Buffer();
      buffer = Buffer(chunk.floats);
    }
    Arena arena;
    arena.base = buffer.data();
    arena.capacity = buffer.size();
    {
      Walk walk(frame, memory, arena, chunk.lanes, false);
      const Cotangent cotangent = walkBack(graph, walk, seeds, chunk.seeds, example, examples, wrt, control);
      use(walk, cotangent, first, chunk.seeds.count);
    }
    first += chunk.seeds.count;
    if (control.progress) control.progress(example * seeds.count + first, examples * seeds.count);
  }
}

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
