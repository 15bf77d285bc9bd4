#include <agon/functions.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "check.h"

using agon::Kind;

std::vector<float> spread(size_t count, float range, Random& random) {
  std::vector<float> values(count);
  for (size_t i = 0; i < count; i++) values[i] = range * (2 * (static_cast<float>(i) + 0.5f) / static_cast<float>(count) - 1);
  if (count % 2 == 1) values[count / 2] = range / static_cast<float>(count);
  std::shuffle(values.begin(), values.end(), random);
  return values;
}

std::vector<float> normal(size_t count, Random& random) {
  std::normal_distribution<float> draw;
  std::vector<float> values(count);
  for (auto& value : values) value = draw(random);
  return values;
}

Builder::Builder(int64_t inputSize) {
  program.values.push_back({inputSize, {}});
  program.input = 0;
}

int32_t Builder::constant(std::vector<float> values) {
  const int64_t size = static_cast<int64_t>(values.size());
  program.values.push_back({size, std::move(values)});
  return static_cast<int32_t>(program.values.size()) - 1;
}

int32_t Builder::add(Kind kind, std::vector<int32_t> inputs, int64_t size, std::vector<int32_t> ints, std::vector<float> numbers,
                     std::vector<std::vector<int32_t>> tables) {
  program.values.push_back({size, {}});
  const int32_t out = static_cast<int32_t>(program.values.size()) - 1;
  program.instructions.push_back({kind, std::move(inputs), {out}, std::move(ints), std::move(numbers), std::move(tables)});
  return out;
}

namespace {

struct TapTable {
  std::vector<int32_t> offsets{0}, tap, position;
};

/// Taps of a kernel at every position of a square picture of `sideOut`, with their positions in one of `side`.
TapTable tapTable(int side, int sideOut, int kernel, int stride, int pad) {
  TapTable table;
  for (int y = 0; y < sideOut; y++)
    for (int x = 0; x < sideOut; x++) {
      for (int t = 0; t < kernel * kernel; t++) {
        const int sy = y * stride - pad + t / kernel, sx = x * stride - pad + t % kernel;
        if (sy < 0 || sy >= side || sx < 0 || sx >= side) continue;
        table.tap.push_back(t);
        table.position.push_back(sy * side + sx);
      }
      table.offsets.push_back(static_cast<int32_t>(table.tap.size()));
    }
  return table;
}

}  // namespace

int32_t Builder::conv(int32_t x, int channelsIn, int side, int channelsOut, int kernel, int stride, int pad, int groups, Random& random) {
  const int sideOut = (side + 2 * pad - kernel) / stride + 1;
  const TapTable t = tapTable(side, sideOut, kernel, stride, pad);
  auto weights = normal(static_cast<size_t>(channelsOut) * channelsIn / groups * kernel * kernel, random);
  for (auto& w : weights) w *= 1.4f / static_cast<float>(kernel) / std::sqrt(static_cast<float>(channelsIn / groups));
  const int32_t w = constant(weights), b = constant(normal(channelsOut, random));
  return add(Kind::Conv, {x, w, b}, channelsOut * sideOut * sideOut,
             {groups, channelsIn, channelsOut, side * side, sideOut * sideOut, kernel * kernel}, {}, {t.offsets, t.tap, t.position});
}

int32_t Builder::convTranspose(int32_t x, int channelsIn, int side, int channelsOut, int kernel, int stride, int groups, Random& random) {
  const int sideOut = (side - 1) * stride + kernel;
  const TapTable t = tapTable(sideOut, side, kernel, stride, 0);
  const int32_t w = constant(normal(static_cast<size_t>(channelsIn) * channelsOut / groups * kernel * kernel, random));
  return add(Kind::ConvTranspose, {x, w}, channelsOut * sideOut * sideOut,
             {groups, channelsIn, channelsOut, side * side, sideOut * sideOut, kernel * kernel}, {}, {t.offsets, t.tap, t.position});
}

int32_t Builder::unary(agon::Function function, int32_t x) { return add(Kind::Unary, {x}, size(x), {static_cast<int32_t>(function)}); }

int32_t Builder::maxPool(int32_t x, int channels, int side, int kernel, int stride) {
  const int sideOut = (side - kernel) / stride + 1;
  const TapTable t = tapTable(side, sideOut, kernel, stride, 0);
  return add(Kind::Max, {x}, channels * sideOut * sideOut, {channels, side * side, sideOut * sideOut}, {}, {t.offsets, t.position});
}

int32_t Builder::sumPool(int32_t x, int channels, int side, int kernel, int stride) {
  const int sideOut = (side - kernel) / stride + 1;
  const TapTable t = tapTable(side, sideOut, kernel, stride, 0);
  return add(Kind::Sum, {x}, channels * sideOut * sideOut, {channels, side * side, sideOut * sideOut},
             std::vector<float>(t.position.size(), 0.25f), {t.offsets, t.position});
}

int32_t Builder::sumWindows(int32_t x, int planes, int strideIn, std::vector<std::vector<int32_t>> windows, std::vector<float> weights) {
  std::vector<int32_t> offsets{0}, sources;
  for (const auto& window : windows) {
    sources.insert(sources.end(), window.begin(), window.end());
    offsets.push_back(static_cast<int32_t>(sources.size()));
  }
  const int32_t count = static_cast<int32_t>(windows.size());
  return add(Kind::Sum, {x}, planes * count, {planes, strideIn, count}, std::move(weights), {offsets, sources});
}

agon::Program Builder::finish(int32_t output) {
  program.output = output;
  return std::move(program);
}

agon::Program smallNet(int labels, Random& random, agon::Function activation) {
  Builder b(3 * 12 * 12);
  int32_t x = b.unary(activation, b.conv(0, 3, 12, 20, 3, 1, 1, 1, random));
  x = activation == agon::Function::Relu ? b.maxPool(x, 20, 12, 3, 2) : b.sumPool(x, 20, 12, 3, 2);  // 20 x 5 x 5, overlapping
  int32_t skip = x;
  x = b.unary(activation, b.conv(x, 20, 5, 20, 3, 1, 1, 1, random));
  x = b.conv(x, 20, 5, 20, 3, 1, 1, 20, random);
  x = b.add(Kind::Binary, {x, skip}, b.size(x), {static_cast<int32_t>(agon::Function::Add)});
  x = b.unary(activation, x);
  const int32_t left = b.unary(activation, b.conv(x, 20, 5, 8, 1, 1, 0, 1, random)), right = b.unary(agon::Function::Sigmoid, x);
  std::vector<int32_t> first(b.size(left)), second(b.size(right));
  std::iota(first.begin(), first.end(), 0);
  std::iota(second.begin(), second.end(), static_cast<int32_t>(first.size()));
  x = b.add(Kind::Concat, {left, right}, b.size(left) + b.size(right), {}, {}, {first, second});
  std::vector<int32_t> all(25);
  std::iota(all.begin(), all.end(), 0);
  x = b.sumWindows(x, 28, 25, {all}, std::vector<float>(25, 1.0f / 25));
  const int32_t w = b.constant(normal(static_cast<size_t>(labels) * 28, random)), c = b.constant(normal(labels, random));
  return b.finish(b.add(Kind::MatMul, {x, w, c}, labels, {1, 1, 28, labels, 0, 1}, {1, 1}, {{0}, {0}}));
}

std::vector<agon::Parameter> constantsOf(const agon::Program& program) {
  std::vector<agon::Parameter> parameters;
  for (size_t v = 0; v < program.values.size(); v++)
    if (!program.values[v].constant.empty()) parameters.push_back({static_cast<int32_t>(v), parameters.size() % 2 == 0});
  return parameters;
}
