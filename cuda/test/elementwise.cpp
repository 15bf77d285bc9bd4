// What single instructions on one input do not reach: examples whose masks differ, a probability of nearly 1, steering with two paths, indices that are inputs.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "against-cpu.h"

using agon::Function;
using agon::Kind;

namespace {

/// Elements begin .. begin + count - 1 of the input.
int32_t part(Builder& b, int32_t begin, int32_t count) {
  std::vector<int32_t> source(count);
  std::iota(source.begin(), source.end(), begin);
  return b.add(Kind::Gather, {0}, count, {}, {}, {source});
}

int32_t binary(Builder& b, Function function, int32_t x, int32_t y, int64_t size, std::vector<int32_t> mapX = {}, std::vector<int32_t> mapY = {}) {
  return b.add(Kind::Binary, {x, y}, size, {static_cast<int32_t>(function)}, {}, {mapX, mapY});
}

/// Values and cotangents of all examples against the CPU; cotangents one label at a time and all at once are the same bits, and so are those of one example alone.
void against(const std::string& name, const agon::Program& program, const std::vector<float>& x, int64_t examples, Random& random) {
  const agon::Session cpu(program, agon::createPool(2));
  const agon::cuda::Session gpu(program, 0);
  const int64_t size = cpu.sizeOf(0), outputs = cpu.sizeOf(program.output), count = 3;
  compare(forward(gpu, x, examples, program.output), forward(cpu, x, examples, program.output), name + ": values");
  const auto cotangents = normal(static_cast<size_t>(count * examples * outputs), random);
  agon::Seeds seeds;
  seeds.count = count;
  seeds.dense = cotangents.data();
  const auto whole = vjp(gpu, x, examples, seeds, {});
  compare(whole, vjp(cpu, x, examples, seeds, {}), name + ": cotangents");
  bool same = true;
  for (int64_t k = 0; k < count; k++) {
    for (int64_t n = 0; n < examples; n++) {
      agon::Seeds one;
      one.count = 1;
      one.dense = cotangents.data() + (k * examples + n) * outputs;
      const auto alone = vjp(gpu, {x.begin() + n * size, x.begin() + (n + 1) * size}, 1, one, {});
      same = same && std::equal(alone.begin(), alone.end(), whole.begin() + (k * examples + n) * size);
    }
  }
  check::that(same, name + ": the same bits alone");
}

/// sqrt of a Relu: where one example's Relu is shut, the other one's slope of the square root is no concern of it.
void testMasks(Random& random) {
  Builder b(24);
  const int32_t open = b.unary(Function::Relu, 0), root = b.unary(Function::Sqrt, open);
  std::vector<int32_t> turned(24), six(24);
  for (int32_t e = 0; e < 24; e++) {
    turned[e] = 23 - e;
    six[e] = e % 6;
  }
  const int32_t gate = part(b, 3, 6);
  const int32_t product = binary(b, Function::Mul, root, gate, 24, turned, six);
  const int32_t chosen = b.add(Kind::Select, {open, product, gate}, 24, {}, {}, {{}, {}, six});
  const int32_t same = binary(b, Function::Add, chosen, chosen, 24);
  const auto program = b.finish(binary(b, Function::Sub, binary(b, Function::Sub, same, gate, 24, {}, six), same, 24, turned));
  auto x = normal(3 * 24, random);
  for (int e = 0; e < 24; e++) x[24 + e] = -x[e];
  against("masks that differ", program, x, 3, random);
}

/// Logits of which one is so far above the others that its probability is 1 to within 1e-6; in every example and group another one.
void testNearlyOne(Random& random) {
  for (const Kind kind : {Kind::Softmax, Kind::LogSoftmax}) {
    const std::string name = kind == Kind::Softmax ? "softmax" : "log-softmax";
    Builder b(300);
    const auto program = b.finish(b.add(kind, {0}, 300, {2, 50, 3}));
    auto x = normal(3 * 300, random);
    for (int n = 0; n < 3; n++)
      for (int group = 0; group < 6; group++) x[n * 300 + group / 3 * 150 + (7 * n + 11 * group) % 50 * 3 + group % 3] += 20;
    against(name + ", nearly certain", program, x, 3, random);
    const agon::cuda::Session gpu(program, 0);
    agon::Seeds seeds;
    std::vector<float> ones(300, 0.0f);
    ones[0] = 1;  // element 0 is the likeliest of its group in example 0
    seeds.count = 1;
    seeds.dense = ones.data();
    const auto g = vjp(gpu, {x.begin(), x.begin() + 300}, 1, seeds, {});
    double others = 0, sum = 0;
    for (int k = 1; k < 50; k++) others += std::exp(static_cast<double>(x[3 * k]) - x[0]);
    others /= 1 + others;  // 1 - p of element 0
    const double expected = kind == Kind::Softmax ? (1 - others) * others : others;
    for (int k = 1; k < 50; k++) sum += g[3 * k];
    check::that(std::fabs(g[0] / expected - 1) < 1e-5, name + ": 1 - p is not lost");
    check::that(std::fabs(sum / expected + 1) < 1e-4, name + ": what one gets the others give");
  }
}

/// Both inputs of a Through are wanted by others, too; a Rectify takes the sum of two paths.
void testPaths(Random& random) {
  Builder b(20);
  const int32_t smooth = b.unary(Function::Tanh, 0), sharp = b.unary(Function::Relu, 0);
  const int32_t through = b.add(Kind::Through, {sharp, smooth}, 20);
  const int32_t detached = b.add(Kind::Detach, {smooth}, 20);
  const int32_t rectified = b.add(Kind::Rectify, {binary(b, Function::Sub, through, sharp, 20)}, 20);
  const int32_t left = binary(b, Function::Mul, rectified, detached, 20), right = b.unary(Function::Sin, rectified);
  const int32_t past = b.add(Kind::Rectify, {smooth}, 20);
  const int32_t sum = binary(b, Function::Add, binary(b, Function::Add, left, right, 20), past, 20);
  against("two paths", b.finish(binary(b, Function::Add, sum, b.add(Kind::Through, {detached, 0}, 20), 20)), normal(60, random), 3, random);
  Builder none(4);
  const auto program = none.finish(none.add(Kind::Detach, {none.unary(Function::Exp, 0)}, 4));
  against("nothing goes back", program, normal(8, random), 2, random);
}

/// [2, 5, 3] elements of the input are the table; its last 4 elements are the indices.
void testLookup(Random& random) {
  Builder b(34);
  const int32_t table = b.unary(Function::Tanh, part(b, 0, 30)), indices = part(b, 30, 4);
  const int32_t found = b.add(Kind::Lookup, {table, indices}, 24, {2, 5, 3});
  const auto program = b.finish(binary(b, Function::Mul, found, part(b, 0, 24), 24));
  auto x = normal(3 * 34, random);
  const float own[] = {0, 2, -1, 2, 4, -5, 1, 1, 3, 3, 3, -2};
  for (int n = 0; n < 3; n++) std::copy_n(own + 4 * n, 4, x.begin() + n * 34 + 30);
  against("lookup, own indices", program, x, 3, random);
  Builder fixed(34);
  const int32_t weights = fixed.constant(normal(30, random));
  against("lookup, constant table", fixed.finish(fixed.add(Kind::Lookup, {weights, part(fixed, 30, 4)}, 24, {2, 5, 3})), x, 3, random);
  const agon::cuda::Session gpu(program, 0);
  for (const float bad : {5.0f, -6.0f, 0.5f, NAN}) {
    x[2 * 34 + 31] = bad;
    check::that(check::codeOf([&] { forward(gpu, x, 3, program.output); }) == "AGON_BAD_INPUT", "index " + std::to_string(bad) + " is refused");
  }
}

/// Groups longer than the threads that walk them, behind a mask, and more lanes than a warp has.
void testGroups(Random& random) {
  Builder b(600);
  const int32_t scale = b.constant(normal(300, random)), shift = b.constant(normal(300, random));
  std::vector<int32_t> map(600);
  for (int32_t e = 0; e < 600; e++) map[e] = e % 300;
  const int32_t open = b.unary(Function::Relu, 0);
  const int32_t normalized = b.add(Kind::Normalize, {open, scale, shift}, 600, {2, 300}, {1e-5f}, {map});
  const int32_t soft = b.add(Kind::Softmax, {normalized}, 600, {1, 200, 3});
  const int32_t affine = b.add(Kind::Affine, {soft, scale, shift}, 600, {}, {}, {map});
  const auto program = b.finish(b.add(Kind::Lrn, {affine}, 600, {20, 30, 50}, {0.5f, 0.75f, 1}));
  const auto x = normal(3 * 600, random);
  against("long groups", program, x, 3, random);
  const agon::Session cpu(program, agon::createPool(2));
  const agon::cuda::Session gpu(program, 0);
  std::vector<int32_t> labels(100);
  for (int32_t l = 0; l < 100; l++) labels[l] = 599 - 3 * l;
  agon::Seeds seeds;
  seeds.count = 100;
  seeds.labels = labels.data();
  agon::Control few;
  few.memory = 600 * 4 * 4 * 7;
  const auto whole = vjp(gpu, {x.begin(), x.begin() + 600}, 1, seeds, {});
  compare(whole, vjp(cpu, {x.begin(), x.begin() + 600}, 1, seeds, {}), "long groups: 100 labels");
  check::that(whole == vjp(gpu, {x.begin(), x.begin() + 600}, 1, seeds, few), "long groups: the same bits in small chunks");
}

}  // namespace

void testElementwise() {
  Random random(5);
  testMasks(random);
  testNearlyOne(random);
  testPaths(random);
  testLookup(random);
  testGroups(random);
}
