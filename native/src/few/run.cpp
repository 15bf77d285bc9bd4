#include "run.h"

#include <algorithm>
#include <limits>

#include "../batch/run.h"
#include "few.h"

namespace agon {

namespace {

constexpr int64_t floatBytes = sizeof(float);
/// Most examples that take less time in turn than a group in lanes that is half empty.
constexpr int64_t mostCounted = 2 * mostFew;
/// Elements that are turned together.
constexpr int64_t turned = 1 << 12;

/// Whether the others read only the last of the first `count` instructions, and only its output.
bool isTrunk(const Graph& graph, int32_t count) {
  const int32_t cut = graph.operations[count - 1]->outputs[0];
  if (graph.producer[graph.output] < count) return false;
  for (size_t i = count; i < graph.operations.size(); i++)
    for (const int32_t v : graph.operations[i]->inputs)
      if (v >= 0 && !graph.isConstant[v] && v != cut && (v == graph.input || graph.producer[v] < count)) return false;
  return true;
}

/// [example][element] -> [element][example]
void interleave(Pool& pool, const float* from, int64_t size, int examples, float* to) {
  pool.each((size + turned - 1) / turned, 1, [&](int64_t begin, int64_t end) {
    for (int64_t e = begin * turned; e < std::min(size, end * turned); e++)
      for (int n = 0; n < examples; n++) to[e * examples + n] = from[n * size + e];
  });
}

/// [element][example] -> [example][element], plus a number.
void part(Pool& pool, const float* from, int64_t size, int examples, float plus, float* to) {
  pool.each((size + turned - 1) / turned, 1, [&](int64_t begin, int64_t end) {
    for (int64_t e = begin * turned; e < std::min(size, end * turned); e++)
      for (int n = 0; n < examples; n++) to[n * size + e] = from[e * examples + n] + plus;
  });
}

}  // namespace

int32_t findTrunk(const Graph& graph) {
  int32_t count = 0;
  while (count < static_cast<int32_t>(graph.operations.size()) && graph.operations[count]->canFew()) count++;
  while (count > 0 && !isTrunk(graph, count)) count--;
  return count;
}

bool FewRun::isWorthIt() const {
  int64_t trunk = 0, all = 0;
  for (const auto& operation : graph_.operations) {
    const int64_t products = operation->denseProducts(caller_);
    all += products;
    if (operation->index < graph_.trunk) trunk += products;
  }
  return 2 * trunk >= all;
}

FewRun::Plan FewRun::planFor(int examples, int32_t wrt) const {
  Plan plan;
  plan.wrt = wrt;
  plan.cut = graph_.operations[graph_.trunk - 1]->outputs[0];
  plan.wanted.assign(graph_.values.size(), 0);
  plan.lastUse.assign(graph_.values.size(), -1);
  if (wrt >= 0) plan.wanted[wrt] = 1;
  for (int32_t i = 0; i < graph_.trunk; i++) {
    for (const int32_t v : graph_.operations[i]->inputs) {
      if (v < 0) continue;
      plan.lastUse[v] = i;
      if (plan.wanted[v]) plan.wanted[graph_.operations[i]->outputs[0]] = 1;
    }
  }
  plan.lastUse[plan.cut] = std::numeric_limits<int32_t>::max();
  Arena dry;
  {
    Few few(caller_, dry, plan.lastUse, plan.wanted, examples, true);
    forward(few, nullptr);
    few.forget(plan.cut);
    if (wrt >= 0 && plan.wanted[plan.cut]) backward(few, few.cotangentOf(plan.cut), plan);
  }
  plan.floats = dry.highWater();
  return plan;
}

void FewRun::forward(Few& few, const float* input) const {
  float* const rows = few.write(graph_.input);
  if (!few.dry) interleave(few.pool(), input, few.size(graph_.input), few.examples, rows);
  for (int32_t i = 0; i < graph_.trunk; i++) {
    if (!few.dry) throwIfAborted(control_.abort);
    few.current = i;
    graph_.operations[i]->forwardFew(few);
    few.finish();
  }
}

BlockPtr FewRun::backward(Few& few, BlockPtr cotangent, const Plan& plan) const {
  few.give(plan.cut, std::move(cotangent));
  for (int32_t i = graph_.trunk - 1; i > graph_.producer[plan.wrt]; i--) {
    if (!few.reached(graph_.operations[i]->outputs[0])) continue;
    if (!few.dry) throwIfAborted(control_.abort);
    few.current = i;
    graph_.operations[i]->backwardFew(few);
  }
  return few.take(plan.wrt);
}

void FewRun::reserve(int64_t floats) {
  if (caller_.rows.size() >= floats) return;
  caller_.rows = Buffer();
  caller_.rows = Buffer(floats);
}

bool FewRun::forwardOne(const float* input, int32_t until) {
  if (graph_.trunk == 0 || graph_.producer[until] < graph_.trunk || !isWorthIt()) return false;
  const Plan plan = planFor(1, -1);
  reserve(plan.floats);
  Arena arena;
  arena.base = caller_.rows.data();
  arena.capacity = caller_.rows.size();
  Few few(caller_, arena, plan.lastUse, plan.wanted, 1, false);
  forward(few, input);
  caller_.data[plan.cut] = few.read(plan.cut);
  for (int32_t i = graph_.trunk; i <= graph_.producer[until]; i++) {
    throwIfAborted(control_.abort);
    graph_.operations[i]->forward(caller_);
  }
  return true;
}

bool FewRun::run(const float* input, int64_t first, int64_t count, const Seeds& seeds, int64_t examples, int32_t wrt, float* out) {
  if (graph_.trunk == 0 || !caller_.inTiles || count > mostCounted || graph_.producer[wrt] >= graph_.trunk - 1 || !isWorthIt()) return false;
  for (int64_t n = 0; n < count; n += mostFew)
    if (!runSome(input + n * caller_.size(graph_.input), first + n, std::min<int64_t>(mostFew, count - n), seeds, examples, wrt, out)) return false;
  return true;
}

bool FewRun::runSome(const float* input, int64_t first, int64_t count, const Seeds& seeds, int64_t examples, int32_t wrt, float* out) {
  const Plan plan = planFor(static_cast<int>(count), wrt);
  const int64_t sizeCut = caller_.size(plan.cut), size = caller_.size(wrt);
  Control control = control_;
  control.memory -= (plan.floats + sizeCut * count) * floatBytes;
  if (!plan.wanted[plan.cut] || control.memory < 0) return false;
  // What follows is run in lanes, from the cut on, and needs little: it has rows of its own.
  Buffer rowsAfter;
  const Buffer atCut(sizeCut * count);
  BatchRun after(graph_, caller_, rowsAfter, control, plan.cut);
  reserve(plan.floats);
  Arena arena;
  arena.base = caller_.rows.data();
  arena.capacity = caller_.rows.size();
  Few few(caller_, arena, plan.lastUse, plan.wanted, static_cast<int>(count), false);
  forward(few, input);
  part(few.pool(), few.read(plan.cut), sizeCut, few.examples, 0.0f, atCut.data());
  few.forget(plan.cut);
  if (!after.forward(atCut.data(), first, count, graph_.output, plan.cut)) return false;
  return after.backward(seeds, examples, [&](const Walk& walk, const Cotangent& g, int64_t) {
    BlockPtr at = few.cotangentOf(plan.cut);
    few.pool().each((sizeCut + turned - 1) / turned, 1, [&](int64_t begin, int64_t end) {
      for (int64_t e = begin * turned; e < std::min(sizeCut, end * turned); e++) {
        const int32_t row = g ? g.rows->row[e] : -1;
        for (int n = 0; n < few.examples; n++) at->data()[e * few.examples + n] = row < 0 ? 0.0f : walk.row(g.block, row)[n];
      }
    });
    const BlockPtr found = backward(few, std::move(at), plan);
    part(few.pool(), found->data(), size, few.examples, 0.0f, out + first * size);  // + 0 makes -0 to 0
  });
}

}  // namespace agon
