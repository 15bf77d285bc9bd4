// GF/s of the backward pass of single convolutions, dense and between ReLUs: agon_lab [threads]. Judge by CPU time.
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <random>

#include "../src/graph.h"

using agon::Kind;

namespace {

struct Layer {
  int in, side, out, kernel;
};

double cpuSeconds() {
  timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

std::vector<float> draw(size_t count, std::mt19937& random) {
  std::normal_distribution<float> normal;
  std::vector<float> values(count);
  for (auto& value : values) value = normal(random);
  return values;
}

/// x -> (ReLU) -> convolution.
agon::Program programOf(const Layer& l, bool isMasked, std::mt19937& random) {
  agon::Program p;
  const int positions = l.side * l.side, taps = l.kernel * l.kernel, pad = l.kernel / 2;
  p.values = {{l.in * positions, {}}, {l.in * positions, {}}, {0, draw(static_cast<size_t>(l.out) * l.in * taps, random)}, {l.out * positions, {}}};
  p.values[2].size = static_cast<int64_t>(p.values[2].constant.size());
  std::vector<int32_t> offsets{0}, tap, position;
  for (int o = 0; o < positions; o++) {
    for (int t = 0; t < taps; t++) {
      const int y = o / l.side + t / l.kernel - pad, x = o % l.side + t % l.kernel - pad;
      if (y < 0 || y >= l.side || x < 0 || x >= l.side) continue;
      tap.push_back(t);
      position.push_back(y * l.side + x);
    }
    offsets.push_back(static_cast<int32_t>(tap.size()));
  }
  p.instructions.push_back({isMasked ? Kind::Unary : Kind::Alias, {0}, {1}, {0}, {}, {}});
  p.instructions.push_back({Kind::Conv, {1, 2}, {3}, {1, l.in, l.out, positions, positions, taps}, {}, {offsets, tap, position}});
  p.output = 3;
  return p;
}

/// CPU seconds of the backward pass of the last instruction for 64 labels, tables apart.
double secondsOf(const Layer& l, const agon::Graph& graph, agon::Pool& pool, bool isMasked, std::mt19937& random) {
  agon::Frame frame = agon::makeFrame(graph, pool);
  const auto x = draw(graph.values[0].size, random);
  agon::runForward(graph, frame, x.data(), graph.output, nullptr);
  agon::linearize(graph, frame, graph.input, nullptr);
  agon::Memory memory(graph.operations.size(), graph.values.size());
  agon::Buffer buffer;
  double best = 1e9;
  for (int round = 0; round < 24; round++) {
    const bool isDry = round == 0;
    agon::Arena arena;
    arena.base = buffer.data();
    arena.capacity = buffer.size();
    {
      agon::Walk walk(frame, memory, arena, 64, isDry);
      auto rows = std::make_shared<agon::Rows>();
      const int positions = l.side * l.side;
      rows->row.assign(graph.values[graph.output].size, -1);
      for (int p = 0; p < positions; p++)
        for (int c = 0; c < l.out; c++)
          if (!isMasked || (c * 2654435761u + p * 40503u) >> 7 & 1) rows->row[c * positions + p] = rows->count++;
      const agon::BlockPtr block = walk.allocate(rows->count);
      if (!isDry) std::fill(block->data(), block->data() + block->size, 0.5f);
      walk.current = static_cast<int32_t>(graph.operations.size()) - 1;
      walk.give(graph.output, {rows, block});
      const double start = cpuSeconds();
      graph.operations.back()->backward(walk);
      const double seconds = cpuSeconds() - start;
      if (round > 1 && seconds < best) best = seconds;
    }
    if (isDry) buffer = agon::Buffer(arena.highWater());
  }
  return best;
}

}  // namespace

int main(int count, char** arguments) {
  std::mt19937 random(1);
  const auto pool = agon::createPool(count > 1 ? std::atoi(arguments[1]) : 1);
  std::printf("%s, %d threads; GF/s of the entries that are computed, per CPU second\n", agon::instructionSet(), threadsOf(*pool));
  for (const Layer& l : {Layer{64, 28, 64, 3}, {128, 14, 128, 3}, {256, 14, 256, 3}, {512, 7, 512, 3}, {256, 28, 64, 1}, {64, 28, 256, 1}}) {
    for (const bool isMasked : {true}) {
      const agon::Graph graph = agon::prepare(programOf(l, isMasked, random));
      const double best = secondsOf(l, graph, *pool, isMasked, random);
      const double flops = 2.0 * 64 * l.in * l.out * l.kernel * l.kernel * l.side * l.side * (isMasked ? 0.25 : 1.0);
      std::printf("%dx%d %4d -> %4d at %2dx%-2d %-7s %6.1f\n", l.kernel, l.kernel, l.in, l.out, l.side, l.side, isMasked ? "masked" : "dense", flops / best * 1e-9);
    }
  }
}
