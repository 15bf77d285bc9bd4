// Products of factors in bfloat16: rounding by hand-made bits, special values, and sums that go on in float32 whatever their length.
#include <cmath>
#include <cstring>
#include <limits>

#include "../src/arena.h"
#include "../src/kernels/kernels.h"
#include "check.h"

using namespace agon;

namespace {

struct Rounding {
  uint32_t from, to;
};

/// From packages/testing/src/bf16-roundings.ts.
constexpr Rounding roundings[] = {{0x00000000, 0x00000000}, {0x3f800000, 0x3f800000}, {0x3f807fff, 0x3f800000}, {0x3f808000, 0x3f800000},
                                  {0x3f808001, 0x3f810000}, {0x3f818000, 0x3f820000}, {0xbf818000, 0xbf820000}, {0x3fff8000, 0x40000000},
                                  {0x00000001, 0x00000000}, {0x00008000, 0x00000000}, {0x00018001, 0x00020000}, {0x007fffff, 0x00800000},
                                  {0x7f7f0000, 0x7f7f0000}, {0x7f7f7fff, 0x7f7f0000}, {0x7f7f8000, 0x7f800000}, {0x7f7fffff, 0x7f800000},
                                  {0x7f800000, 0x7f800000}, {0xff800000, 0xff800000}};

float floatOf(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

uint32_t bitsOf(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

/// row times scalar, by the bf16 kernel.
float product(float row, float scalar) {
  const Buffer from(planeLanes), to(planeLanes);
  for (int l = 0; l < planeLanes; l++) from.data()[l] = row;
  const int32_t first = 0;
  kernels().mixBf16({&scalar, from.data(), &first, &first, 1}, {&first, to.data(), 1}, {1, planeLanes, planeLanes});
  return to.data()[planeLanes - 1];
}

void testSums(int64_t terms, int64_t outputs, int planes) {
  Random random(7);
  const int64_t step = (terms | 1) * planeLanes, stepOut = (outputs | 1) * planeLanes;
  const Buffer rows(step * planes), sums(stepOut * planes);
  const std::vector<float> values = normal(static_cast<size_t>(step * planes), random), scalars = normal(static_cast<size_t>(terms * outputs), random);
  std::copy(values.begin(), values.end(), rows.data());
  std::vector<int32_t> scalar(terms), place(terms), at(outputs);
  for (int64_t t = 0; t < terms; t++) {
    scalar[t] = static_cast<int32_t>(t * outputs);
    place[t] = static_cast<int32_t>(t);
  }
  for (int64_t o = 0; o < outputs; o++) at[o] = static_cast<int32_t>(outputs - 1 - o);
  kernels().mixBf16({scalars.data(), rows.data(), scalar.data(), place.data(), terms}, {at.data(), sums.data(), outputs}, {planes, step, stepOut});
  double worst = 0;
  for (int64_t o = 0; o < outputs; o++) {
    for (int lane = 0; lane < planes * planeLanes; lane++) {
      const int64_t place = lane / planeLanes, of = lane % planeLanes;
      double sum = 0;
      for (int64_t t = 0; t < terms; t++)
        sum += static_cast<double>(product(1, scalars[t * outputs + at[o]])) * product(1, rows.data()[place * step + t * planeLanes + of]);
      worst = std::max(worst, std::fabs(sum - sums.data()[place * stepOut + o * planeLanes + of]));
    }
  }
  check::that(worst < 1e-6 * static_cast<double>(terms + 1), "bf16 sums of " + std::to_string(terms) + " terms: off by " + std::to_string(worst));
}

}  // namespace

void testBf16() {
  for (const Rounding& each : roundings) {
    const float value = floatOf(each.from);
    check::that(bitsOf(product(value, 1)) == each.to, "bf16 of a row " + std::to_string(value));
    check::that(bitsOf(product(1, value)) == each.to, "bf16 of a scalar " + std::to_string(value));
  }
  for (const uint32_t nan : {0x7fc00000u, 0xffc00000u, 0x7fffffffu, 0xffffffffu, 0x7f800001u, 0xff80ffffu}) {
    check::that(std::isnan(product(floatOf(nan), 1)), "NaN of a row stays NaN in bf16");
    check::that(std::isnan(product(1, floatOf(nan))), "NaN of a scalar stays NaN in bf16");
  }
  for (const int64_t terms : {0, 1, 63, 64, 65, 200})
    for (const int planes : {1, 4}) testSums(terms, terms == 65 ? 50 : 7, planes);
}
