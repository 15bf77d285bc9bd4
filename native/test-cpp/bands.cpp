// The same bits whether steps of a backward pass run one after the other, or position by position in bands.
#include <agon/functions.h>

#include <cstring>
#include <numeric>

#include "../src/cache.h"
#include "check.h"

namespace {

constexpr int bandLabels = 40;

int32_t clip(Builder& b, int32_t x) {
  return b.add(agon::Kind::Unary, {x}, b.size(x), {static_cast<int32_t>(agon::Function::Clip)}, {0.0f, 6.0f});
}

int32_t sum(Builder& b, int32_t x, int32_t y) {
  return b.add(agon::Kind::Binary, {x, y}, b.size(x), {static_cast<int32_t>(agon::Function::Add)});
}

/// 1x1 up to `wide` channels, 3x3 of every channel, 1x1 down to `out`.
int32_t inverted(Builder& b, int32_t x, int in, int side, int wide, int out, int stride, Random& random) {
  const int32_t up = clip(b, b.conv(x, in, side, wide, 1, 1, 0, 1, random));
  const int32_t each = clip(b, b.conv(up, wide, side, wide, 3, stride, 1, wide, random));
  return b.conv(each, wide, stride == 2 ? side / 2 : side, out, 1, 1, 0, 1, random);
}

/// A stem, inverted residuals (the second and third with a sum, one of them behind a smooth function), a pool, and a branch of 1x1 and 3x3: [3, 24, 24] -> labels.
agon::Program net(Random& random) {
  Builder b(3 * 24 * 24);
  int32_t x = clip(b, b.conv(0, 3, 24, 8, 3, 2, 1, 1, random));
  x = inverted(b, x, 8, 12, 24, 10, 1, random);
  x = sum(b, x, inverted(b, x, 10, 12, 30, 10, 1, random));
  x = sum(b, b.unary(agon::Function::Sigmoid, x), inverted(b, x, 10, 12, 20, 10, 1, random));
  x = inverted(b, x, 10, 12, 36, 14, 2, random);
  const int32_t squeezed = b.unary(agon::Function::Relu, b.conv(x, 14, 6, 6, 1, 1, 0, 1, random));
  const int32_t left = b.unary(agon::Function::Relu, b.conv(squeezed, 6, 6, 14, 1, 1, 0, 1, random));
  const int32_t right = b.unary(agon::Function::Relu, b.conv(squeezed, 6, 6, 14, 3, 1, 1, 1, random));
  x = b.maxPool(sum(b, left, right), 14, 6, 3, 1);
  x = b.conv(x, 14, 4, 20, 1, 2, 0, 1, random);
  std::vector<int32_t> all(4);
  std::iota(all.begin(), all.end(), 0);
  x = b.sumWindows(x, 20, 4, {all}, std::vector<float>(4, 0.25f));
  const int32_t w = b.constant(normal(static_cast<size_t>(bandLabels) * 20, random)), c = b.constant(normal(bandLabels, random));
  return b.finish(b.add(agon::Kind::MatMul, {x, w, c}, bandLabels, {1, 1, 20, bandLabels, 0, 1}, {1, 1}, {{0}, {0}}));
}

/// Most of its rows are those between 3x3 with a stride and 1x1.
agon::Program strided(Random& random) {
  Builder b(3 * 24 * 24);
  const int32_t up = clip(b, b.conv(0, 3, 24, 60, 1, 1, 0, 1, random));
  int32_t x = b.conv(up, 60, 24, 60, 3, 2, 1, 60, random);
  std::vector<int32_t> all(144);
  std::iota(all.begin(), all.end(), 0);
  x = b.sumWindows(x, 60, 144, {all}, std::vector<float>(144, 1.0f / 144));
  const int32_t w = b.constant(normal(static_cast<size_t>(bandLabels) * 60, random)), c = b.constant(normal(bandLabels, random));
  return b.finish(b.add(agon::Kind::MatMul, {x, w, c}, bandLabels, {1, 1, 60, bandLabels, 0, 1}, {1, 1}, {{0}, {0}}));
}

/// Most of its rows are those between 1x1 and 3x3 of every channel, and between that and 1x1; twice, one after the other.
agon::Program wide(Random& random) {
  Builder b(3 * 24 * 24);
  int32_t x = 0;
  for (const int in : {3, 4}) {
    const int32_t up = b.conv(x, in, 24, 60, 1, 1, 0, 1, random);
    x = b.conv(b.conv(up, 60, 24, 60, 3, 1, 1, 60, random), 60, 24, 4, 1, 1, 0, 1, random);
  }
  x = b.maxPool(x, 4, 24, 3, 3);
  const int32_t w = b.constant(normal(static_cast<size_t>(bandLabels) * 256, random)), c = b.constant(normal(bandLabels, random));
  return b.finish(b.add(agon::Kind::MatMul, {x, w, c}, bandLabels, {1, 1, 256, bandLabels, 0, 1}, {1, 1}, {{0}, {0}}));
}

/// A ring holds four bands, or as many bytes as are given; 0: as many as there are.
std::vector<float> run(const agon::Session& session, const std::vector<float>& x, int64_t bandBytes, int64_t memory,
                       agon::Precision precision = agon::Precision::Fp32, int64_t ringBytes = -1) {
  std::vector<int32_t> wanted(bandLabels);
  std::iota(wanted.begin(), wanted.end(), 0);
  agon::Seeds seeds;
  seeds.count = bandLabels;
  seeds.labels = wanted.data();
  std::vector<float> out(bandLabels * session.sizeOf(0));
  agon::Control control;
  control.memory = memory;
  control.bandBytes = bandBytes;
  control.ringBytes = ringBytes < 0 ? 4 * bandBytes : ringBytes;
  control.precision = precision;
  session.vjp(x.data(), 1, seeds, 0, out.data(), control);
  return out;
}

/// The smallest budget that is accepted, read from the refusal.
int64_t leastMemory(const agon::Session& session, const std::vector<float>& x, int64_t bandBytes) {
  try {
    run(session, x, bandBytes, 1);
  } catch (const agon::Error& error) {
    const std::string what = error.what();
    return std::stoll(what.substr(what.find("at least ") + 9));
  }
  return 0;
}

}  // namespace

void testBands() {
  Random random(11);
  const agon::Program program = net(random);
  const agon::Session one(program, agon::createPool(1)), many(program, agon::createPool(4));
  const auto x = normal(one.sizeOf(0), random);
  const auto expected = run(one, x, 0, 1 << 28);
  bool any = false;
  for (const float value : expected) any = any || value != 0;
  check::that(any, "the net has gradients");
  for (const int64_t bandBytes : {int64_t{0}, int64_t{1}, int64_t{6000}, int64_t{1} << 30}) {
    for (const agon::Session* session : {&one, &many}) {
      for (const int64_t memory : {leastMemory(*session, x, bandBytes), int64_t{1} << 28}) {
        const auto found = run(*session, x, bandBytes, memory);
        check::that(std::memcmp(found.data(), expected.data(), found.size() * sizeof(float)) == 0,
                    "same bits with bands of " + std::to_string(bandBytes) + " bytes and " + std::to_string(memory) + " bytes in all");
      }
    }
  }
  for (const int64_t ringBytes : {int64_t{0}, int64_t{1}, int64_t{20000}, int64_t{1} << 30}) {
    const auto found = run(many, x, 6000, 1 << 28, agon::Precision::Fp32, ringBytes);
    check::that(std::memcmp(found.data(), expected.data(), found.size() * sizeof(float)) == 0, "same bits with rings of " + std::to_string(ringBytes) + " bytes");
  }
  check::that(agon::nearBytes() >= 512 << 10, "half a mebibyte is near at least");
  check::that(agon::countOfList("0") == 1 && agon::countOfList("0-3,8,10-11") == 7, "hardware threads of a list");
  check::that(agon::bytesOfSize("2048K") == 2 << 20 && agon::bytesOfSize("1M") == 1 << 20 && agon::bytesOfSize("512") == 512, "bytes of a size");
  const auto rounded = run(many, x, 0, 1 << 28, agon::Precision::Bf16), inBands = run(many, x, 1, 1 << 28, agon::Precision::Bf16);
  check::that(std::memcmp(rounded.data(), inBands.data(), rounded.size() * sizeof(float)) == 0, "same bits with bands in bf16");
  const agon::Session slim(strided(random), agon::createPool(2));
  const auto picture = normal(slim.sizeOf(0), random);
  check::that(2 * leastMemory(slim, picture, 1) < leastMemory(slim, picture, 0), "rows that are read in bands take no memory");
  const agon::Session ringed(wide(random), agon::createPool(2));
  const int64_t least = leastMemory(ringed, picture, 1), whole = leastMemory(ringed, picture, 0);
  check::that(2 * least < whole, "nor do rows that are read beside their own position");
}
