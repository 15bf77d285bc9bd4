#include "run.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "group-source.h"

namespace agon {

namespace {

constexpr int64_t floatBytes = sizeof(float);
/// Elements that are turned from lanes into examples, or back, while they are in the cache.
constexpr int64_t tile = 64;

bool isFinite(const std::vector<float>& values) {
  return std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); });
}

/// Lanes that are computed for so many examples; the others repeat them.
int lanesFor(int64_t count) { return static_cast<int>(count <= mostFew ? count : count <= 8 ? 8 : batchLanes); }

/// input [count, size] -> rows [size][16]; lanes that are computed beyond the examples repeat the last one.
void packLanes(Pool& pool, const float* input, int64_t size, int64_t count, int64_t distinct, float* rows) {
  pool.each((size + tile - 1) / tile, 16, [&](int64_t begin, int64_t end) {
    for (int64_t t = begin; t < end; t++)
      for (int lane = 0; lane < batchLanes; lane++) {
        const float* from = input + std::min(lane % distinct, count - 1) * size;
        for (int64_t e = t * tile; e < std::min(size, (t + 1) * tile); e++) rows[e * batchLanes + lane] = from[e];
      }
  });
}

std::vector<int32_t> lastUses(const Graph& graph, int32_t until) {
  std::vector<int32_t> last(graph.values.size(), -1);
  for (int32_t i = 0; i <= graph.producer[until]; i++)
    for (const int32_t v : graph.operations[i]->inputs)
      if (v >= 0) last[v] = i;
  last[until] = std::numeric_limits<int32_t>::max();
  return last;
}

}  // namespace

bool canBatch(const std::vector<std::unique_ptr<Operation>>& operations, const std::vector<Value>& values) {
  return std::all_of(operations.begin(), operations.end(), [](const auto& operation) { return operation->canBatch(); }) &&
         std::all_of(values.begin(), values.end(), [](const Value& value) { return isFinite(value.constant); });
}

BatchRun::BatchRun(const Graph& graph, Frame& caller, Buffer& rows, const Control& control, int32_t input)
    : graph_(graph), control_(control), frame_(makeFrame(graph, caller.pool)), alone_(makeFrame(graph, caller.pool)),
      memory_(graph.operations.size(), graph.values.size()), buffer_(rows), input_(input) {
  frame_.inTiles = caller.inTiles;
  for (size_t v = 0; v < graph.values.size(); v++)
    if (!graph.isConstant[v]) aloneBytes_ += graph.values[v].size * floatBytes;
}

/// The forward pass of one group; the arena is free again afterwards.
void BatchRun::run(bool dry, Arena& arena, const float* input) {
  frame_.former.swap(frame_.wanted);
  for (auto& mask : frame_.wanted) mask = nullptr;
  const auto some = std::make_shared<const Mask>();
  if (wrt_ >= 0) frame_.want(wrt_, Mask(frame_.size(wrt_), 1));
  Batch batch(frame_, alone_, arena, lastUse_, dry);
  float* rows = batch.write(input_);
  if (!dry) packLanes(frame_.pool, input, frame_.size(input_), count_, frame_.distinct, rows);
  for (int32_t i = graph_.producer[input_] + 1; i <= graph_.producer[until_]; i++) {
    if (!dry) throwIfAborted(control_.abort);
    const Operation& operation = *graph_.operations[i];
    batch.current = i;
    operation.forwardBatch(batch);
    for (const int32_t v : operation.inputs)
      if (dry && batch.wants(v)) frame_.wanted[operation.outputs[0]] = some;
    batch.finish();
  }
  kept_ = batch.kept;
  if (dry) return;
  const int64_t floats = frame_.size(until_) * batchLanes;
  const float* from = batch.rows(until_);
  if (result_.size() != floats) result_ = Buffer(floats);
  std::copy(from, from + floats, result_.data());
}

bool BatchRun::fits(int64_t floats, int64_t bytes) const {
  const int64_t total = (std::max(floats, forwardFloats_) + frame_.size(until_) * batchLanes) * floatBytes + bytes + kept_;
  return total - aloneBytes_ <= control_.memory;
}

void BatchRun::reserve(int64_t floats) {
  const bool isTooLarge = buffer_.size() > floats && buffer_.size() * floatBytes > control_.memory;
  if (buffer_.size() >= floats && !isTooLarge) return;
  buffer_ = Buffer();
  buffer_ = Buffer(floats);
}

bool BatchRun::forward(const float* input, int64_t first, int64_t count, int32_t until, int32_t wrt) {
  if (until != until_ || wrt != wrt_) {
    until_ = until;
    wrt_ = wrt;
    lastUse_ = lastUses(graph_, until);
    Arena dry;
    run(true, dry, nullptr);
    forwardFloats_ = dry.highWater();
  }
  nextInput();
  if (!fits(0, memory_.bytes)) return false;
  first_ = first;
  count_ = count;
  frame_.distinct = lanesFor(count);
  reserve(forwardFloats_);
  Arena arena;
  arena.base = buffer_.data();
  arena.capacity = buffer_.size();
  run(false, arena, input);
  return true;
}

void BatchRun::nextInput() {
  memory_.input++;
  if (!frame_.inTiles || !fits(0, memory_.bytes)) memory_ = Memory(graph_.operations.size(), graph_.values.size());
}

bool BatchRun::backward(const Seeds& seeds, int64_t examples, const UseLanes& use) {
  const GroupSource source(graph_.output, seeds, first_, count_, examples, result_.data());
  Route route = wholeRoute(graph_, source, wrt_);
  route.way = Way::Batch;
  for (int64_t label = 0; label < seeds.count; label++) {
    throwIfAborted(control_.abort);
    const ChunkSeeds chunk = source.seeds(frame_, label, count_);
    Arena measured;
    {
      Walk walk(frame_, memory_, measured, batchLanes, true);
      walkBack(graph_, walk, route, chunk, control_);
    }
    memory_.dropUnused();
    if (!fits(measured.highWater(), memory_.bytes)) return false;
    reserve(measured.highWater());
    Arena arena;
    arena.base = buffer_.data();
    arena.capacity = buffer_.size();
    Walk walk(frame_, memory_, arena, batchLanes, false);
    use(walk, walkBack(graph_, walk, route, chunk, control_), label);
    if (control_.progress) control_.progress(first_ * seeds.count + (label + 1) * count_, examples * seeds.count);
  }
  return true;
}

void unpackLanes(Pool& pool, const float* rows, int64_t size, int64_t count, float* out) {
  pool.each((size + tile - 1) / tile, 16, [&](int64_t begin, int64_t end) {
    for (int64_t t = begin; t < end; t++)
      for (int64_t lane = 0; lane < count; lane++)
        for (int64_t e = t * tile; e < std::min(size, (t + 1) * tile); e++) out[lane * size + e] = rows[e * batchLanes + lane];
  });
}

void writeLanes(const Walk& walk, const Cotangent& cotangent, int64_t size, int64_t label, int64_t first, int64_t count, int64_t examples,
                float* out) {
  walk.frame.pool.each((size + tile - 1) / tile, 16, [&](int64_t begin, int64_t end) {
    for (int64_t t = begin; t < end; t++) {
      for (int64_t lane = 0; lane < count; lane++) {
        float* map = out + (label * examples + first + lane) * size;
        for (int64_t e = t * tile; e < std::min(size, (t + 1) * tile); e++) {
          const int32_t row = cotangent ? cotangent.rows->row[e] : -1;
          map[e] = row < 0 ? 0.0f : walk.row(cotangent.block, row)[lane] + 0.0f;  // + 0 makes -0 to 0
        }
      }
    }
  });
}

}  // namespace agon
