// Examples in lanes: the bits of examples that are run one by one.
#include <agon/functions.h>

#include <atomic>
#include <cmath>
#include <cstring>

#include "check.h"

namespace {

bool same(const std::vector<float>& a, const std::vector<float>& b) { return std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0; }

agon::Control controlOf(agon::Choice batch, int64_t memory = int64_t{1} << 30) {
  agon::Control control;
  control.batch = batch;
  control.memory = memory;
  return control;
}

std::vector<float> forward(const agon::Session& session, const std::vector<float>& x, int64_t examples, int32_t at, const agon::Control& control) {
  std::vector<float> y(examples * session.sizeOf(at));
  session.forward(x.data(), examples, at, y.data(), control);
  return y;
}

std::vector<float> vjp(const agon::Session& session, const std::vector<float>& x, int64_t examples, const agon::Seeds& seeds, int32_t wrt,
                       const agon::Control& control) {
  std::vector<float> g(seeds.count * examples * session.sizeOf(wrt));
  session.vjp(x.data(), examples, seeds, wrt, g.data(), control);
  return g;
}

/// Everything that a contest leaves.
struct Outcome {
  std::vector<float> floats;
  std::vector<int32_t> labels;
  bool operator==(const Outcome& other) const { return same(floats, other.floats) && labels == other.labels; }
};

Outcome contest(const agon::Session& session, const std::vector<float>& x, int64_t examples, agon::ContestRequest request, const agon::Control& control) {
  const size_t size = request.sum ? request.sum->outer * request.sum->inner : session.sizeOf(0), each = size * examples;
  Outcome out{std::vector<float>((4 + request.mapCount) * each), std::vector<int32_t>(2 * each)};
  float* f = out.floats.data();
  session.contest(x.data(), examples, request,
                  {f, f + each, f + 2 * each, f + 3 * each, out.labels.data(), out.labels.data() + each, f + 4 * each}, control);
  return out;
}

std::vector<float> inputs(size_t size, int64_t examples, float range, float offset, Random& random) {
  std::vector<float> x(size * examples);
  const auto base = spread(size, range, random);
  const auto noise = normal(size * examples, random);
  for (size_t i = 0; i < x.size(); i++) x[i] = offset + base[i % size] + (offset > 0 ? 0.02f : 0.3f) * noise[i] * (i / size % 3 == 0 ? 3.0f : 1.0f);
  return x;
}

void testProgram(const std::string& name, const agon::Program& program, float range, float offset, const std::vector<int64_t>& batches, Random& random) {
  const agon::Session alone(program, agon::createPool(1));
  check::that(alone.canBatch(), name + " can batch");
  if (!alone.canBatch()) return;
  const agon::Control one = controlOf(agon::Choice::Never), lanes = controlOf(agon::Choice::Always);
  const size_t outputs = alone.sizeOf(program.output);
  for (const int64_t n : batches) {
    const agon::Session session(program, agon::createPool(1 + static_cast<int>(n % 3)));
    const std::string what = name + ", " + std::to_string(n) + " examples: ";
    const auto x = inputs(alone.sizeOf(0), n, range, offset, random);
    check::that(same(forward(alone, x, n, program.output, one), forward(session, x, n, program.output, lanes)), what + "forward");
    const int64_t count = 1 + n % 4;
    std::vector<int32_t> labels(n * count);
    for (auto& label : labels) label = static_cast<int32_t>(random() % outputs);
    for (const bool byLogit : {false, true}) {
      const agon::Seeds seeds{count, nullptr, labels.data(), byLogit};
      check::that(same(vjp(alone, x, n, seeds, 0, one), vjp(session, x, n, seeds, 0, lanes)), what + "one-hot seeds");
    }
    auto dense = normal(count * n * outputs, random);
    for (size_t i = 0; i < dense.size(); i += 3) dense[i] = 0;
    const agon::Seeds seeds{count, dense.data(), nullptr, false};
    check::that(same(vjp(alone, x, n, seeds, 0, one), vjp(session, x, n, seeds, 0, lanes)), what + "dense seeds");
  }
}

void testContests(const agon::Program& program, Random& random) {
  const agon::Session alone(program, agon::createPool(1)), many(program, agon::createPool(3));
  const int64_t n = 21, count = 5, size = alone.sizeOf(0);
  const auto x = inputs(size, n, 2, 0, random), factor = normal(size * n, random);
  std::vector<int32_t> labels(n * count), maps(n * 2);
  for (int64_t i = 0; i < n; i++) {
    for (int64_t j = 0; j < count; j++) labels[i * count + j] = static_cast<int32_t>((i + j) % alone.sizeOf(program.output));
    maps[2 * i] = labels[i * count + 1];
    maps[2 * i + 1] = labels[i * count + 4];
  }
  const agon::SummedAxis axis{1, 3, size / 3};
  for (int variant = 0; variant < 4; variant++) {
    agon::ContestRequest request;
    request.seeds = {count, nullptr, labels.data(), variant == 3};
    if (variant > 0) request.factor = factor.data();
    if (variant > 1) request.sum = &axis;
    request.mapLabels = maps.data();
    request.mapCount = 2;
    const auto expected = contest(alone, x, n, request, controlOf(agon::Choice::Never));
    const std::string what = "contest " + std::to_string(variant) + " in lanes";
    check::that(contest(many, x, n, request, controlOf(agon::Choice::Always)) == expected, what);
    check::that(contest(many, x, n, request, controlOf(agon::Choice::Auto)) == expected, what + ", if chosen");
  }
}

/// A map that is not finite is named as it is without lanes, and a budget that is too small for lanes is no error.
void testLimits(const agon::Program& program, Random& random) {
  const agon::Session session(program, agon::createPool(2));
  const int64_t n = 6, size = session.sizeOf(0);
  const auto x = inputs(size, n, 2, 0, random);
  std::vector<int32_t> labels(n, 1);
  const agon::Seeds seeds{1, nullptr, labels.data(), false};
  int64_t done = 0, least = 0;
  try {
    vjp(session, x, n, seeds, 0, controlOf(agon::Choice::Never, 1));
  } catch (const agon::Error& error) {
    const std::string what = error.what();
    least = std::stoll(what.substr(what.find("at least ") + 9));
  }
  const auto expected = vjp(session, x, n, seeds, 0, controlOf(agon::Choice::Never));
  for (int64_t memory = 2 * least; memory < least * 40; memory += least)
    check::that(same(vjp(session, x, n, seeds, 0, controlOf(agon::Choice::Always, memory)), expected), "lanes within " + std::to_string(memory) + " bytes");
  agon::Control control = controlOf(agon::Choice::Always);
  control.progress = [&](int64_t now, int64_t total) {
    check::that(now > done && total == n, "progress of lanes");
    done = now;
  };
  vjp(session, x, n, seeds, 0, control);
  check::that(done == n, "progress to the end");
  std::atomic<bool> abort{true};
  control.abort = &abort;
  check::that(check::codeOf([&] { vjp(session, x, n, seeds, 0, control); }) == "AGON_ABORTED", "lanes can be aborted");
  auto factor = normal(n * size, random);
  factor[3 * size + 2] = INFINITY;
  agon::ContestRequest request;
  request.seeds = seeds;
  request.factor = factor.data();
  std::string messages[2];
  for (const agon::Choice way : {agon::Choice::Never, agon::Choice::Always}) {
    try {
      contest(session, x, n, request, controlOf(way));
    } catch (const agon::Error& error) {
      messages[way == agon::Choice::Always] = error.what();
    }
  }
  check::that(!messages[0].empty() && messages[0] == messages[1], "a map that is not finite: " + messages[1]);
}

/// Values in the middle, forward and backward.
void testMiddle(const agon::Program& program, Random& random) {
  const agon::Session session(program, agon::createPool(2));
  const int64_t n = 18;
  const auto x = inputs(session.sizeOf(0), n, 2, 0, random);
  std::vector<int32_t> labels(n * 2);
  for (auto& label : labels) label = static_cast<int32_t>(random() % session.sizeOf(program.output));
  const agon::Seeds seeds{2, nullptr, labels.data(), false};
  for (int32_t v = 1; v < static_cast<int32_t>(program.values.size()); v++) {
    if (!program.values[v].constant.empty()) continue;
    const std::string what = "value " + std::to_string(v) + " in lanes";
    check::that(same(forward(session, x, n, v, controlOf(agon::Choice::Never)), forward(session, x, n, v, controlOf(agon::Choice::Always))), what);
    check::that(same(vjp(session, x, n, seeds, v, controlOf(agon::Choice::Never)), vjp(session, x, n, seeds, v, controlOf(agon::Choice::Always))),
                what + ", backward");
  }
}

/// Programs that cannot batch run one by one whatever is asked for.
void testRefusedLanes() {
  Builder b(2);
  const int32_t w = b.constant({1, INFINITY});
  const auto program = b.finish(b.add(agon::Kind::Conv, {0, w}, 1, {1, 1, 1, 2, 1, 2}, {}, {{0, 2}, {0, 1}, {0, 1}}));
  const agon::Session session(program, agon::createPool(1));
  check::that(!session.canBatch(), "an infinite weight cannot batch");
  const std::vector<float> x{1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  check::that(same(forward(session, x, 5, program.output, controlOf(agon::Choice::Never)),
                   forward(session, x, 5, program.output, controlOf(agon::Choice::Always))), "an infinite weight runs");
}

}  // namespace

void testBatch() {
  Random random(5);
  std::vector<int64_t> all;
  for (int64_t n = 1; n <= 40; n++) all.push_back(n);
  const auto program = smallNet(12, random);
  testProgram("small net", program, 2, 0, all, random);
  testProgram("smooth small net", smallNet(7, random, agon::Function::Softplus), 2, 0, {3, 16, 19}, random);
  agon::Program clipped = smallNet(7, random);
  for (auto& it : clipped.instructions) {
    if (it.kind != agon::Kind::Unary) continue;
    it.ints = {static_cast<int32_t>(agon::Function::Clip)};
    it.numbers = {0, 1};
  }
  testProgram("clipped small net", clipped, 2, 0, {3, 16, 19}, random);
  testProgram("steered small net", steered(smallNet(7, random)), 2, 0, {3, 16, 19}, random);
  for (const Case& of : kindCases(random)) testProgram(of.name, of.program, of.range, of.offset, {2, 5, 17, 32}, random);
  testContests(program, random);
  testLimits(program, random);
  testMiddle(program, random);
  testRefusedLanes();
}
