// Cuts the cotangents of a pass into chunks that fit the byte budget.
#include <agon/error.h>

#include <algorithm>

#include "graph.h"

namespace agon {

namespace {

constexpr int64_t floatBytes = sizeof(float);

int paddedLanes(int64_t cotangents) {
  return static_cast<int>(std::min<int64_t>(mostLanes, (cotangents + fewestLanes - 1) / fewestLanes * fewestLanes));
}

struct Chunk {
  ChunkSeeds seeds;
  int lanes;
  int64_t floats, bytes;  // of the arena; of the arena and the tables
};

/// Finds by a dry walk what a chunk needs.
Chunk measure(const Graph& graph, Frame& frame, Memory& memory, const Route& route, const Control& control, int64_t first, int lanes) {
  Chunk chunk{route.source.seeds(frame, first, std::min<int64_t>(lanes, route.source.count - first)), lanes, 0, 0};
  Arena arena;
  {
    Walk walk(frame, memory, arena, lanes, true);
    walk.sink = route.sink;
    walkBack(graph, walk, route, chunk.seeds, control);
  }
  memory.dropUnused();
  chunk.floats = arena.highWater();
  chunk.bytes = chunk.floats * floatBytes + memory.bytes;
  return chunk;
}

/// The lanes for which the walk of a chunk would have stayed within the budget: its rows grow with the lanes, its tables do not. A chunk of fewer labels
/// needs no more than that. At least fewestLanes.
int lanesWithin(const Chunk& chunk, int64_t budget) {
  const int64_t tables = chunk.bytes - chunk.floats * floatBytes, perLane = std::max<int64_t>(1, chunk.floats * floatBytes / chunk.lanes);
  return static_cast<int>(std::max<int64_t>(fewestLanes, (budget - tables) / perLane / fewestLanes * fewestLanes));
}

/// The largest chunk whose walk stays within the budget.
Chunk chooseChunk(const Graph& graph, Frame& frame, Memory& memory, const Route& route, const Control& control, int64_t first) {
  const int64_t count = route.source.count;
  for (int lanes = paddedLanes(count - first); lanes >= fewestLanes;) {
    Chunk chunk = measure(graph, frame, memory, route, control, first, lanes);
    if (chunk.bytes <= control.budget()) return chunk;
    lanes = std::min(lanes - fewestLanes, lanesWithin(chunk, control.budget()));
  }
  int64_t needed = 0;
  for (first = 0; first < count; first += fewestLanes)
    needed = std::max(needed, measure(graph, frame, memory, route, control, first, fewestLanes).bytes);
  throw Error("AGON_OUT_OF_BUDGET", "memory of a backward pass: expected at least " + std::to_string(needed) + " bytes for " +
                                        std::to_string(fewestLanes) + " labels, found " + std::to_string(control.budget()));
}

}  // namespace

void eachChunk(const Graph& graph, Frame& frame, Memory& memory, const Route& route, const Control& control, const UseChunk& use,
               const BeginChunk& begin) {
  Buffer& buffer = frame.rows;
  for (int64_t first = 0; first < route.source.count;) {
    throwIfAborted(control.abort);
    const Chunk chunk = chooseChunk(graph, frame, memory, route, control, first);
    const int64_t tables = chunk.bytes - chunk.floats * floatBytes;
    const bool isTooLarge = buffer.size() * floatBytes + tables > control.budget();
    if (buffer.size() < chunk.floats || isTooLarge) {
      buffer = Buffer();
      buffer = Buffer(chunk.floats);
    }
    Arena arena;
    arena.base = buffer.data();
    arena.capacity = buffer.size();
    {
      Walk walk(frame, memory, arena, chunk.lanes, false);
      walk.sink = route.sink;
      if (begin) begin(walk, first, chunk.seeds.count);
      const Cotangent cotangent = walkBack(graph, walk, route, chunk.seeds, control);
      use(walk, cotangent, first, chunk.seeds.count);
    }
    first += chunk.seeds.count;
  }
}

}  // namespace agon
