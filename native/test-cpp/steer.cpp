// What goes back through Detach, Through and Rectify, by hand; and that no waist is taken above a Rectify.
#include <cmath>

#include "check.h"

agon::Program steered(agon::Program program) {
  std::vector<agon::Instruction> instructions;
  std::vector<int32_t> now(program.values.size());
  for (size_t v = 0; v < now.size(); v++) now[v] = static_cast<int32_t>(v);
  const auto fresh = [&](int64_t size) {
    program.values.push_back({size, {}});
    return static_cast<int32_t>(program.values.size()) - 1;
  };
  int count = 0;
  for (agon::Instruction it : program.instructions) {
    for (int32_t& v : it.inputs)
      if (v >= 0) v = now[v];
    instructions.push_back(it);
    const int32_t y = it.outputs[0];
    const int64_t size = program.values[y].size;
    if (it.kind == agon::Kind::Unary && count++ % 2 == 0) {
      now[y] = fresh(size);
      instructions.push_back({agon::Kind::Through, {y, it.inputs[0]}, {now[y]}, {}, {}, {}});
    } else if (it.kind == agon::Kind::Unary || it.kind == agon::Kind::Max || it.kind == agon::Kind::Binary) {
      const int32_t detached = fresh(size), factor = fresh(size), product = fresh(size);
      now[y] = fresh(size);
      instructions.push_back({agon::Kind::Detach, {y}, {detached}, {}, {}, {}});
      instructions.push_back({agon::Kind::Unary, {detached}, {factor}, {static_cast<int32_t>(agon::Function::Tanh)}, {}, {}});
      instructions.push_back({agon::Kind::Binary, {y, factor}, {product}, {static_cast<int32_t>(agon::Function::Mul)}, {}, {{}, {}}});
      instructions.push_back({agon::Kind::Rectify, {product}, {now[y]}, {}, {}, {}});
    }
  }
  program.instructions = std::move(instructions);
  program.output = now[program.output];
  return program;
}

namespace {

std::vector<float> gradients(const agon::Session& session, const std::vector<float>& x, const std::vector<float>& cotangents, int64_t count) {
  std::vector<float> g(count * x.size());
  agon::Seeds seeds;
  seeds.count = count;
  seeds.dense = cotangents.data();
  session.vjp(x.data(), 1, seeds, 0, g.data());
  return g;
}

/// y = [Rectify(x) 2, Through(3 x, x), x Detach(x)], with cotangents of both signs.
void testByHand() {
  Builder b(2);
  const auto mul = static_cast<int32_t>(agon::Function::Mul);
  const int32_t two = b.constant({2, 2}), three = b.constant({3, 3});
  const auto times = [&](int32_t x, int32_t y) { return b.add(agon::Kind::Binary, {x, y}, 2, {mul}, {}, {{}, {}}); };
  const int32_t rectified = times(b.add(agon::Kind::Rectify, {0}, 2), two);
  const int32_t through = b.add(agon::Kind::Through, {times(0, three), 0}, 2);
  const int32_t detached = times(0, b.add(agon::Kind::Detach, {0}, 2));
  const auto program = b.finish(b.add(agon::Kind::Concat, {rectified, through, detached}, 6, {}, {}, {{0, 1}, {2, 3}, {4, 5}}));
  const agon::Session session(program, agon::createPool(1));
  const std::vector<float> x{5, -7};
  std::vector<float> y(6);
  session.forward(x.data(), 1, program.output, y.data());
  check::that(y == std::vector<float>({10, -14, 15, -21, 25, 49}), "values pass");
  const auto g = gradients(session, x, {1, -1, 0, 0, 0, 0, 0, 0, 1, -1, 0, 0, 0, 0, 0, 0, 1, -1, -1, 1, 1, 1, 1, 1}, 4);
  check::that(g == std::vector<float>({2, 0, 1, -1, 5, 7, 6, -4}), "what goes back");
}

/// 40 labels behind 3 units, with a Rectify below them: the units' maps cannot be combined.
void testNoWaist() {
  Random random(6);
  Builder b(8);
  const auto dense = [&](int32_t x, int rows, int columns) {
    const int32_t w = b.constant(normal(static_cast<size_t>(rows) * columns, random));
    return b.add(agon::Kind::MatMul, {x, w}, columns, {1, 1, rows, columns, 0, 0}, {1, 0}, {{0}, {0}});
  };
  const auto program = b.finish(dense(dense(b.add(agon::Kind::Rectify, {dense(0, 8, 6)}, 6), 6, 3), 3, 40));
  const agon::Session session(program, agon::createPool(2));
  const auto x = normal(8, random);
  std::vector<int32_t> labels(40);
  for (int i = 0; i < 40; i++) labels[i] = i;
  agon::ContestRequest request;
  request.seeds = {40, nullptr, labels.data(), false};
  std::vector<float> best[2];
  for (const bool always : {false, true}) {
    std::vector<float> floats(32);
    std::vector<int32_t> won(16);
    agon::Control control;
    control.waist = control.meet = always ? agon::Choice::Always : agon::Choice::Never;
    float* f = floats.data();
    session.contest(x.data(), 1, request, {f, f + 8, f + 16, f + 24, won.data(), won.data() + 8, nullptr}, control);
    best[always] = floats;
  }
  check::that(best[0] == best[1], "no waist above a Rectify");
}

}  // namespace

void testSteer() {
  testByHand();
  testNoWaist();
}
