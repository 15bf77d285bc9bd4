// The same bits for any chunk size, batch, number of threads, and for labels that are run alone.
#include <agon/functions.h>

#include <cstring>

#include "check.h"

namespace {

constexpr int invarianceLabels = 70;

std::vector<float> run(const agon::Session& session, int32_t wrt, const std::vector<float>& x, int64_t examples, const std::vector<int32_t>& wanted,
                       int64_t memory) {
  agon::Seeds seeds;
  seeds.count = static_cast<int64_t>(wanted.size()) / examples;
  seeds.labels = wanted.data();
  std::vector<float> out(wanted.size() * session.sizeOf(wrt));
  agon::Control control;
  control.memory = memory;
  session.vjp(x.data(), examples, seeds, wrt, out.data(), control);
  return out;
}

bool same(const float* a, const float* b, size_t count) { return std::memcmp(a, b, count * sizeof(float)) == 0; }

/// The smallest budget that the core accepts, read from its refusal.
int64_t leastMemory(const agon::Session& session, const std::vector<float>& x, const std::vector<int32_t>& wanted) {
  try {
    run(session, 0, x, 1, wanted, 1);
  } catch (const agon::Error& error) {
    const std::string what = error.what();
    return std::stoll(what.substr(what.find("at least ") + 9));
  }
  return 0;
}

void testNet(const agon::Program& program, Random& random) {
  const agon::Session one(program, agon::createPool(1)), many(program, agon::createPool(4));
  const size_t size = one.sizeOf(0);
  const auto x = normal(2 * size, random);
  std::vector<int32_t> all(2 * invarianceLabels);
  for (int i = 0; i < 2 * invarianceLabels; i++) all[i] = i % invarianceLabels;
  const std::vector<int32_t> once(all.begin(), all.begin() + invarianceLabels);
  const std::vector<float> firstInput(x.begin(), x.begin() + size), secondInput(x.begin() + size, x.end());
  const auto expected = run(one, 0, firstInput, 1, once, 1 << 28);
  const int64_t least = leastMemory(one, firstInput, once);
  check::that(least > 0, "a budget of 1 byte is refused with a number");
  for (const int64_t memory : {least, least * 2, least * 3, least * 8}) {
    const auto other = run(many, 0, firstInput, 1, once, memory);
    check::that(same(other.data(), expected.data(), expected.size()), "same bits with 4 threads and " + std::to_string(memory) + " bytes");
  }
  const auto both = run(many, 0, x, 2, all, least * 2);
  const auto second = run(one, 0, secondInput, 1, once, 1 << 28);
  bool isSame = true, isAlone = true;
  for (int l = 0; l < invarianceLabels; l++) {
    isSame = isSame && same(&both[2 * l * size], &expected[l * size], size) && same(&both[(2 * l + 1) * size], &second[l * size], size);
    const auto alone = run(many, 0, firstInput, 1, {l}, 1 << 28);
    isAlone = isAlone && same(alone.data(), &expected[l * size], size);
  }
  check::that(isSame, "same bits in a batch");
  check::that(isAlone, "same bits for a label alone");
}

/// Cotangents at a value in the middle are those that continue to the input.
void testMiddle(Random& random) {
  const auto program = smallNet(invarianceLabels, random);
  const agon::Session whole(program, agon::createPool(2));
  const auto x = normal(whole.sizeOf(0), random);
  for (int32_t wrt = 1; wrt < static_cast<int32_t>(program.values.size()); wrt++) {
    if (!program.values[wrt].constant.empty()) {
      check::that(check::codeOf([&] { run(whole, wrt, x, 1, {0}, 1 << 28); }) == "AGON_BAD_INPUT", "a constant has no cotangent");
      continue;
    }
    agon::Program upper = program;  // the part from wrt on, with wrt as its input
    std::vector<uint8_t> depends(program.values.size(), 0);
    depends[wrt] = 1;
    std::vector<agon::Instruction> kept;
    bool isWaist = true;
    for (const auto& it : program.instructions) {
      bool from = false, fresh = false;
      for (const int32_t v : it.inputs) {
        from = from || depends[v];
        fresh = fresh || (!depends[v] && program.values[v].constant.empty());
      }
      if (!from) continue;
      if (fresh) isWaist = false;
      depends[it.outputs[0]] = 1;
      kept.push_back(it);
    }
    if (!isWaist || !depends[program.output]) continue;
    upper.instructions = kept;
    upper.input = wrt;
    const agon::Session rest(upper, agon::createPool(1));
    std::vector<float> at(whole.sizeOf(wrt));
    whole.forward(x.data(), 1, wrt, at.data());
    const auto a = run(whole, wrt, x, 1, {3, 5}, 1 << 28), b = run(rest, wrt, at, 1, {3, 5}, 1 << 28);
    check::that(same(a.data(), b.data(), a.size()), "the same cotangent at value " + std::to_string(wrt));
  }
}

}  // namespace

void testInvariance() {
  Random random(2);
  testNet(smallNet(invarianceLabels, random), random);
  testNet(steered(smallNet(invarianceLabels, random)), random);
  Builder shared(30);  // one value with many consumers of different reach
  const int32_t t = shared.add(agon::Kind::Unary, {0}, 30, {static_cast<int32_t>(agon::Function::Tanh)});
  std::vector<int32_t> some(20), w(invarianceLabels * 20);
  for (int i = 0; i < 20; i++) some[i] = (i * 7) % 30;
  const int32_t g = shared.add(agon::Kind::Gather, {t}, 20, {}, {}, {some});
  const int32_t m = shared.add(agon::Kind::Binary, {g, t}, 20, {static_cast<int32_t>(agon::Function::Mul)}, {}, {{}, some});
  const int32_t weights = shared.constant(normal(invarianceLabels * 20, random));
  const int32_t a = shared.add(agon::Kind::MatMul, {m, weights}, invarianceLabels, {1, 1, 20, invarianceLabels, 0, 0}, {1, 0}, {{0}, {0}});
  std::vector<int32_t> wide(invarianceLabels);
  for (int i = 0; i < invarianceLabels; i++) wide[i] = i % 30;
  testNet(shared.finish(shared.add(agon::Kind::Binary, {a, t}, invarianceLabels, {static_cast<int32_t>(agon::Function::Add)}, {}, {{}, wide})), random);
  testMiddle(random);
}
