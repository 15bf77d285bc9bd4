// Passes of one label per example that are averaged, whose 3x3 convolutions go tile by tile and whose convolutions of few channels are spread: against sums in double precision,
// and the same bits for any way that their examples are run.
#include <agon/functions.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "check.h"

namespace {

/// A convolution and the pictures between which it goes.
struct Shape {
  int height, width, top, left, bottom, right, kernel = 3, stride = 1;
  int outHeight() const { return (height + top + bottom - kernel) / stride + 1; }
  int outWidth() const { return (width + left + right - kernel) / stride + 1; }
  std::string name() const {
    return std::to_string(height) + "x" + std::to_string(width) + " pads " + std::to_string(top) + std::to_string(left) + std::to_string(bottom) +
           std::to_string(right) + " kernel " + std::to_string(kernel) + " stride " + std::to_string(stride);
  }
};

/// x -> a = relu(x) -> y = conv(a) -> r = relu(y) -> r * r (+ a): what arrives at y is twice r times the seed, so that it shows y.
struct Net {
  Shape shape;
  int in, out;
  bool hasSkip;
  std::vector<int32_t> offsets{0}, tap, position;
  std::vector<float> weights, bias;
  agon::Program program;
  int32_t y;

  int64_t positionsIn() const { return int64_t{shape.height} * shape.width; }
  int64_t positionsOut() const { return int64_t{shape.outHeight()} * shape.outWidth(); }
};

Net netOf(const Shape& shape, int in, int out, bool hasSkip, Random& random) {
  Net net{shape, in, out, hasSkip, {0}, {}, {}, {}, {}, {}, 0};
  const int taps = shape.kernel * shape.kernel;
  for (int o = 0; o < net.positionsOut(); o++) {
    for (int t = 0; t < taps; t++) {
      const int y = o / shape.outWidth() * shape.stride - shape.top + t / shape.kernel, x = o % shape.outWidth() * shape.stride - shape.left + t % shape.kernel;
      if (y < 0 || y >= shape.height || x < 0 || x >= shape.width) continue;
      net.tap.push_back(t);
      net.position.push_back(y * shape.width + x);
    }
    net.offsets.push_back(static_cast<int32_t>(net.tap.size()));
  }
  net.weights = normal(static_cast<size_t>(in) * out * taps, random);
  for (auto& w : net.weights) w /= std::sqrt(static_cast<float>(in * taps));
  net.bias = normal(out, random);
  Builder b(in * net.positionsIn());
  const int32_t a = b.unary(agon::Function::Relu, 0);
  net.y = b.add(agon::Kind::Conv, {a, b.constant(net.weights), b.constant(net.bias)}, out * net.positionsOut(),
                {1, in, out, static_cast<int>(net.positionsIn()), static_cast<int>(net.positionsOut()), taps}, {}, {net.offsets, net.tap, net.position});
  const int32_t r = b.unary(agon::Function::Relu, net.y);
  int32_t z = b.add(agon::Kind::Binary, {r, r}, b.size(r), {static_cast<int32_t>(agon::Function::Mul)}, {}, {{}, {}});
  if (hasSkip) z = b.add(agon::Kind::Binary, {z, a}, b.size(z), {static_cast<int32_t>(agon::Function::Add)}, {}, {{}, {}});
  net.program = b.finish(z);
  return net;
}

/// Gradients of one example at y and at x, in double precision.
struct Expected {
  std::vector<double> y, x;
};

Expected expectedOf(const Net& net, const float* x, const float* seed) {
  const int64_t in = net.positionsIn(), out = net.positionsOut(), taps = int64_t{net.shape.kernel} * net.shape.kernel;
  Expected e{std::vector<double>(net.out * out), std::vector<double>(net.in * in)};
  for (int co = 0; co < net.out; co++) {
    for (int64_t o = 0; o < out; o++) {
      double sum = net.bias[co];
      for (int32_t k = net.offsets[o]; k < net.offsets[o + 1]; k++)
        for (int ci = 0; ci < net.in; ci++)
          sum += double{net.weights[(int64_t{co} * net.in + ci) * taps + net.tap[k]]} * std::max(0.0f, x[ci * in + net.position[k]]);
      const double g = 2 * std::max(0.0, sum) * seed[co * out + o];
      e.y[co * out + o] = g;
      for (int32_t k = net.offsets[o]; k < net.offsets[o + 1]; k++)
        for (int ci = 0; ci < net.in; ci++) e.x[ci * in + net.position[k]] += g * net.weights[(int64_t{co} * net.in + ci) * taps + net.tap[k]];
    }
  }
  for (size_t i = 0; i < e.x.size(); i++) e.x[i] = x[i] > 0 ? e.x[i] + (net.hasSkip ? seed[i] : 0) : 0;
  return e;
}

std::vector<float> vjp(const agon::Session& session, const std::vector<float>& x, int64_t examples, int64_t count, const std::vector<float>& seed, int32_t wrt,
                       agon::Choice batch, int64_t memory = int64_t{1} << 30) {
  agon::Control control;
  control.batch = batch;
  control.memory = memory;
  std::vector<float> g(count * examples * session.sizeOf(wrt));
  session.vjp(x.data(), examples, {count, seed.data(), nullptr, false, true}, wrt, g.data(), control);
  return g;
}

bool areSame(const std::vector<float>& a, const std::vector<float>& b) { return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0; }

bool isNear(const float* found, const std::vector<double>& expected) {
  double most = 0, error = 0;
  for (size_t i = 0; i < expected.size(); i++) {
    most = std::max(most, std::abs(expected[i]));
    error = std::max(error, std::abs(found[i] - expected[i]));
  }
  return most > 0 && error < 5e-6 * most;
}

/// `hasOwnOrder`: its sums are in another order than those of other passes.
void testNet(const Net& net, const std::vector<int64_t>& batches, Random& random, bool hasOwnOrder = true) {
  const agon::Session one(net.program, agon::createPool(1)), many(net.program, agon::createPool(3));
  const size_t size = one.sizeOf(0), outputs = one.sizeOf(net.program.output), middle = one.sizeOf(net.y);
  for (const int64_t n : batches) {
    const std::string what = net.shape.name() + ", " + std::to_string(net.in) + " to " + std::to_string(net.out) + " channels, " + std::to_string(n) + " examples: ";
    auto x = normal(n * size, random);
    for (size_t e = 0; e < x.size(); e++) {
      if (e % size % 16 == 5) x[e] = -1;  // zero in every example, after the rectifier
      else if (net.in < 16) x[e] = std::abs(x[e]);  // few zeros, as in a picture
    }
    auto seed = normal(n * outputs, random);
    for (size_t i = 0; i < seed.size(); i += 5) seed[i] = 0;
    const auto atX = vjp(many, x, n, 1, seed, 0, agon::Choice::Always), atY = vjp(many, x, n, 1, seed, net.y, agon::Choice::Always);
    bool nearX = true, nearY = true;
    for (int64_t i = 0; i < n; i++) {
      const Expected expected = expectedOf(net, &x[i * size], &seed[i * outputs]);
      nearX = nearX && isNear(&atX[i * size], expected.x);
      nearY = nearY && isNear(&atY[i * middle], expected.y);
    }
    check::that(nearY, what + "forward");
    check::that(nearX, what + "backward");
    check::that(areSame(vjp(one, x, n, 1, seed, net.y, agon::Choice::Never), atY), what + "same bits alone, forward");
    check::that(areSame(vjp(one, x, n, 1, seed, 0, agon::Choice::Never), atX), what + "same bits alone, backward");
    check::that(areSame(vjp(one, x, n, 1, seed, 0, agon::Choice::Auto), atX), what + "same bits of one thread");
    auto twice = seed;
    twice.insert(twice.end(), seed.begin(), seed.end());
    const auto more = vjp(one, x, n, 2, twice, 0, agon::Choice::Never);
    check::that(!hasOwnOrder || !areSame({more.begin(), more.begin() + atX.size()}, atX), what + "sums in an order of their own");
    check::that(isNear(more.data(), {atX.begin(), atX.end()}), what + "the same within rounding as with two labels");
  }
}

/// The value after a convolution of x and a rectifier.
int32_t convolved(Builder& b, int32_t x, const Shape& shape, int in, int out, Random& random) {
  Net net = netOf(shape, in, out, false, random);
  const int32_t y = b.add(agon::Kind::Conv, {x, b.constant(net.weights), b.constant(net.bias)}, out * net.positionsOut(),
                          {1, in, out, static_cast<int>(net.positionsIn()), static_cast<int>(net.positionsOut()), shape.kernel * shape.kernel}, {},
                          {net.offsets, net.tap, net.position});
  return b.unary(agon::Function::Relu, y);
}

std::vector<float> forward(const agon::Session& session, const std::vector<float>& x, int64_t n, int32_t at, agon::Choice batch) {
  agon::Control control;
  control.batch = batch;
  std::vector<float> y(n * session.sizeOf(at));
  session.forward(x.data(), n, at, y.data(), control);
  return y;
}

/// As the core runs it within a budget, or without one where that is too small.
std::vector<float> within(const agon::Session& session, const std::vector<float>& x, int64_t n, const std::vector<float>& seed, int64_t memory) {
  try {
    return vjp(session, x, n, 1, seed, 0, agon::Choice::Auto, memory);
  } catch (const agon::Error& error) {
    check::that(error.code() == "AGON_OUT_OF_BUDGET", "refused for its budget");
    return vjp(session, x, n, 1, seed, 0, agon::Choice::Auto);
  }
}

/// A net like those for pictures: what a convolution hands back has a row for every element, so that a pool and convolutions before it list nothing.
void testChain(Random& random) {
  Builder b(3 * 26 * 26);
  int32_t v = convolved(b, 0, {26, 26, 3, 3, 3, 3, 7, 2}, 3, 32, random);
  const Net window = netOf({13, 13, 1, 1, 1, 1, 3, 2}, 1, 1, false, random);
  v = b.add(agon::Kind::Max, {v}, 32 * 49, {32, 169, 49}, {}, {window.offsets, window.position});
  const int32_t before = v;
  v = convolved(b, v, {7, 7, 1, 1, 1, 1}, 32, 32, random);
  v = b.add(agon::Kind::Binary, {v, before}, b.size(v), {static_cast<int32_t>(agon::Function::Add)}, {}, {{}, {}});
  v = b.add(agon::Kind::Binary, {v, before}, b.size(v), {static_cast<int32_t>(agon::Function::Add)}, {}, {{}, {}});
  v = convolved(b, v, {7, 7, 1, 1, 1, 1, 3, 2}, 32, 48, random);
  v = convolved(b, v, {4, 4, 0, 0, 0, 0, 1, 1}, 48, 32, random);
  v = convolved(b, v, {4, 4, 1, 1, 1, 1}, 32, 16, random);
  const agon::Program program = b.finish(v);
  const agon::Session one(program, agon::createPool(1)), many(program, agon::createPool(3));
  for (const int64_t n : {1, 2, 3, 4, 5, 8, 9, 16, 34}) {
    const std::string what = "chain of " + std::to_string(n) + " examples: ";
    const auto x = normal(n * one.sizeOf(0), random), seed = normal(n * one.sizeOf(v), random);
    const auto found = vjp(many, x, n, 1, seed, 0, agon::Choice::Always);
    check::that(areSame(vjp(one, x, n, 1, seed, 0, agon::Choice::Always), found), what + "same bits of one thread");
    check::that(areSame(vjp(one, x, n, 1, seed, 0, agon::Choice::Never), found), what + "same bits alone");
    check::that(areSame(vjp(one, x, n, 1, seed, 0, agon::Choice::Auto), found), what + "same bits of few together");
    check::that(areSame(vjp(many, x, n, 1, seed, 0, agon::Choice::Auto), found), what + "same bits of few together on some threads");
    for (const int64_t memory : {1 << 17, 1 << 18, 1 << 19, 1 << 20, 1 << 21, 1 << 22})
      check::that(areSame(within(one, x, n, seed, memory), found), what + "same bits of " + std::to_string(memory) + " bytes");
    check::that(areSame(forward(many, x, n, v, agon::Choice::Auto), forward(one, x, n, v, agon::Choice::Never)), what + "same bits forward");
    const auto middle = vjp(one, x, n, 1, seed, before, agon::Choice::Never);
    check::that(areSame(vjp(many, x, n, 1, seed, before, agon::Choice::Auto), middle), what + "same bits of few together, to a value in the middle");
    auto twice = seed;
    twice.insert(twice.end(), seed.begin(), seed.end());
    const auto more = vjp(one, x, n, 2, twice, 0, agon::Choice::Never);
    check::that(isNear(more.data(), {found.begin(), found.end()}), what + "the same within rounding as with two labels");
  }
}

/// Budgets from little more than the least one on (another example may need more): what falls back to another way has the same bits.
void testBudgets(const Net& net, Random& random) {
  const agon::Session session(net.program, agon::createPool(2));
  const int64_t n = 19;
  const auto x = normal(n * session.sizeOf(0), random), seed = normal(n * session.sizeOf(net.program.output), random);
  int64_t least = 0;
  try {
    vjp(session, x, n, 1, seed, 0, agon::Choice::Never, 1);
  } catch (const agon::Error& error) {
    const std::string what = error.what();
    least = std::stoll(what.substr(what.find("at least ") + 9));
  }
  const auto expected = vjp(session, x, n, 1, seed, 0, agon::Choice::Always);
  check::that(least > 1, "one label needs memory");
  for (int64_t times = 3; times < 12; times++)
    check::that(areSame(vjp(session, x, n, 1, seed, 0, agon::Choice::Always, least * times / 2), expected), "tiles within " + std::to_string(least * times / 2) + " bytes");
}

}  // namespace

void testTiles() {
  Random random(11);
  const std::vector<int64_t> all{1, 2, 3, 4, 7, 16, 21}, some{1, 18};
  testNet(netOf({7, 6, 1, 1, 1, 1}, 16, 16, true, random), all, random);
  testNet(netOf({4, 7, 1, 1, 1, 1}, 32, 32, true, random), all, random);
  testNet(netOf({12, 11, 0, 0, 0, 0}, 16, 48, false, random), some, random);
  testNet(netOf({6, 9, 2, 1, 2, 0}, 48, 16, false, random), some, random);
  testNet(netOf({5, 8, 0, 2, 1, 2}, 144, 32, false, random), some, random);    // more terms than a stretch
  testNet(netOf({9, 11, 1, 1, 1, 1}, 16, 160, false, random), some, random);   // more outputs than a slice
  testNet(netOf({7, 7, 1, 1, 1, 1}, 288, 288, true, random), {1, 16}, random);  // more groups of tiles together
  testNet(netOf({13, 13, 3, 3, 3, 3, 7, 2}, 3, 32, false, random), all, random);
  testNet(netOf({10, 7, 1, 0, 1, 0}, 4, 48, false, random), some, random);
  testNet(netOf({9, 8, 1, 1, 1, 1, 3, 2}, 16, 32, false, random), all, random, false);
  testNet(netOf({6, 5, 0, 0, 0, 0, 1, 1}, 32, 16, false, random), some, random, false);
  testNet(netOf({8, 6, 0, 0, 0, 0, 1, 2}, 16, 16, false, random), some, random, false);
  testChain(random);
  testBudgets(netOf({6, 6, 1, 1, 1, 1}, 16, 16, true, random), random);
}
