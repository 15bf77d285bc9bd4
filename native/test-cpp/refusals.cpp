// Programs that contradict themselves are refused, never run; aborted calls end.
#include <agon/functions.h>

#include "check.h"

namespace {

/// Damages one number of a random instruction.
void damage(agon::Program& program, Random& random) {
  auto& it = program.instructions[random() % program.instructions.size()];
  const int32_t odd[] = {-2, -1, 0, 1, 2, 3, 7, 1000, 1 << 30, INT32_MAX, INT32_MIN};
  const int32_t value = odd[random() % 11];
  switch (random() % 6) {
    case 0:
      if (!it.ints.empty()) it.ints[random() % it.ints.size()] = value;
      break;
    case 1:
      if (!it.tables.empty()) {
        auto& table = it.tables[random() % it.tables.size()];
        if (!table.empty()) table[random() % table.size()] = value;
      }
      break;
    case 2:
      it.inputs[random() % it.inputs.size()] = value;
      break;
    case 3:
      program.values[random() % program.values.size()].size = value;
      break;
    case 4:
      if (!it.tables.empty() && !it.tables.front().empty()) it.tables.front().pop_back();
      break;
    default:
      it.outputs[0] = value;
  }
}

void testDamage() {
  Random random(4);
  const auto pool = agon::createPool(1);
  int refused = 0, ran = 0;
  auto cases = kindCases(random);
  cases.push_back({"small net", smallNet(5, random), 2, 0});
  for (int round = 0; round < 60; round++) {
    for (const Case& of : cases) {
      agon::Program program = of.program;
      damage(program, random);
      const std::string code = check::codeOf([&] {
        const int32_t output = program.output;
        const agon::Session session(program, pool);
        if (session.sizeOf(0) > 10000 || session.sizeOf(output) > 10000) return;
        const auto x = normal(session.sizeOf(0), random);
        std::vector<float> y(session.sizeOf(output)), g(x.size());
        session.forward(x.data(), 1, output, y.data());
        agon::Seeds seeds;
        seeds.count = 1;
        seeds.dense = y.data();
        session.vjp(x.data(), 1, seeds, 0, g.data());
        ran++;
      });
      if (code == "AGON_INTERNAL") refused++;
      check::that(code.empty() || code == "AGON_INTERNAL" || code == "AGON_BAD_INPUT", of.name + " damaged: " + code);
    }
  }
  check::that(refused > 1000, "damaged programs are refused: " + std::to_string(refused) + ", and " + std::to_string(ran) + " ran");
}

/// One tap twice at an output position, read from either end.
void testTapTwice() {
  for (const agon::Kind kind : {agon::Kind::Conv, agon::Kind::ConvTranspose}) {
    const bool isTransposed = kind == agon::Kind::ConvTranspose;
    for (const bool isTwice : {false, true}) {
      Builder b(2);
      const int32_t w = b.constant({1, 2});
      const std::vector<int32_t> tap{0, isTwice ? 0 : 1};
      const std::vector<std::vector<int32_t>> tables =
          isTransposed ? std::vector<std::vector<int32_t>>{{0, 1, 2}, tap, {0, 0}} : std::vector<std::vector<int32_t>>{{0, 2}, tap, {0, 1}};
      const auto program = b.finish(b.add(kind, {0, w}, 1, {1, 1, 1, 2, 1, 2}, {}, tables));
      const auto code = check::codeOf([&] { agon::Session(program, agon::createPool(1)); });
      check::that(code == (isTwice ? "AGON_INTERNAL" : ""), std::string("a tap ") + (isTwice ? "twice" : "once") + " at a position: " + code);
    }
  }
}

void testCalls() {
  Random random(5);
  const agon::Session session(smallNet(20, random), agon::createPool(2));
  const auto x = normal(session.sizeOf(0), random);
  std::vector<float> out(session.sizeOf(0) * 2);
  agon::Seeds seeds;
  seeds.count = 2;
  const std::vector<int32_t> good{1, 2}, bad{1, 20};
  seeds.labels = bad.data();
  check::that(check::codeOf([&] { session.vjp(x.data(), 1, seeds, 0, out.data()); }) == "AGON_BAD_INPUT", "a label out of range");
  seeds.labels = good.data();
  std::atomic<bool> abort{true};
  agon::Control control;
  control.abort = &abort;
  check::that(check::codeOf([&] { session.vjp(x.data(), 1, seeds, 0, out.data(), control); }) == "AGON_ABORTED", "an abort flag");
  abort = false;
  check::that(check::codeOf([&] { session.vjp(x.data(), 1, seeds, 0, out.data(), control); }).empty(), "no abort flag");
  control.precision = agon::Precision::Tf32;
  check::that(check::codeOf([&] { session.vjp(x.data(), 1, seeds, 0, out.data(), control); }) == "AGON_BAD_OPTION", "cotangents in tf32");
  check::that(check::codeOf([&] { session.contest(x.data(), 1, {seeds}, {}, control); }) == "AGON_BAD_OPTION", "a contest in tf32");
  check::that(check::codeOf([&] { session.vjp(x.data(), 1, seeds, 9999, out.data()); }) == "AGON_BAD_INPUT", "a value out of range");
  check::that(check::codeOf([&] { session.forward(x.data(), 1, -1, out.data()); }) == "AGON_BAD_INPUT", "a negative value");
}

}  // namespace

void testRefusals() {
  testDamage();
  testTapTwice();
  testCalls();
}
