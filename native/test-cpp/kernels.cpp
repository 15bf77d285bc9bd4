// Kernels of small calls against plain loops. Numbers are small integers, so that sums are exact in any order.
#include <algorithm>

#include "../src/arena.h"
#include "../src/kernels/kernels.h"
#include "check.h"

using namespace agon;

namespace {

std::vector<float> integers(int64_t count, Random& random) {
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>(static_cast<int>(random() % 17) - 8);
  return values;
}

std::vector<int32_t> shuffled(int32_t count, Random& random) {
  std::vector<int32_t> order(count);
  for (int32_t i = 0; i < count; i++) order[i] = i;
  std::shuffle(order.begin(), order.end(), random);
  return order;
}

Buffer copied(const std::vector<float>& values) {
  Buffer to(static_cast<int64_t>(values.size()));
  std::copy(values.begin(), values.end(), to.data());
  return to;
}

void testScatter(int32_t terms, int32_t outputs, int planes, Random& random) {
  const int32_t rows = terms + 3, sums = outputs + 5;
  const Planes steps = {planes, (rows | 1) * planeLanes, (sums | 1) * planeLanes};
  const std::vector<float> scalars = integers(terms * outputs, random), given = integers(steps.in * planes, random);
  const Buffer from = copied(given), to = copied(integers(steps.out * planes, random));
  std::vector<float> expected(to.data(), to.data() + steps.out * planes);
  const std::vector<int32_t> place = shuffled(rows, random), at = shuffled(sums, random);
  std::vector<int32_t> scalar(terms), shift(outputs);
  for (int32_t t = 0; t < terms; t++) scalar[t] = t * outputs;
  for (int32_t i = 0; i < outputs; i++) shift[i] = outputs - 1 - i;
  kernels().scatter({scalars.data(), from.data(), scalar.data(), place.data(), terms}, {shift.data(), at.data(), to.data(), outputs}, steps);
  for (int32_t i = 0; i < outputs; i++)
    for (int32_t t = 0; t < terms; t++)
      for (int p = 0; p < planes; p++)
        for (int l = 0; l < planeLanes; l++)
          expected[p * steps.out + at[i] * planeLanes + l] += scalars[scalar[t] + shift[i]] * given[p * steps.in + place[t] * planeLanes + l];
  check::that(std::equal(expected.begin(), expected.end(), to.data()),
              "scatter " + std::to_string(terms) + " terms to " + std::to_string(outputs) + " sums of " + std::to_string(planes) + " planes");
}

/// Buckets of 0 .. most elements.
void testTaps(int32_t most, int64_t groups, Random& random) {
  constexpr int32_t positions = 9, entries = 12, stride = 1000, shift = 7, firstTap = 1, lastTap = 5;
  std::vector<int32_t> offsets = {0}, item, row;
  for (int64_t b = 0; b < positions * groups; b++) offsets.push_back(offsets.back() + static_cast<int32_t>(random() % (most + 1)));
  for (int32_t i = 0; i < offsets.back() + planeLanes; i++) {
    item.push_back(static_cast<int32_t>(random() % 100));
    row.push_back(static_cast<int32_t>(random() % 100));
  }
  std::vector<int32_t> tap(entries), position(entries), scalar(entries * most + planeLanes), place(scalar.size());
  for (int32_t k = 0; k < entries; k++) {
    tap[k] = static_cast<int32_t>(random() % 6);
    position[k] = static_cast<int32_t>(random() % positions);
  }
  const int64_t group = groups - 1;
  const int64_t count = kernels().listTaps(
      {tap.data(), position.data(), entries, offsets.data(), item.data(), row.data(), groups, group, stride, shift, firstTap, lastTap}, scalar.data(), place.data());
  std::vector<int32_t> scalars, places;
  for (int32_t k = 0; k < entries; k++) {
    if (tap[k] < firstTap || tap[k] >= lastTap) continue;
    for (int32_t i = offsets[position[k] * groups + group]; i < offsets[position[k] * groups + group + 1]; i++) {
      scalars.push_back(item[i] + tap[k] * stride + shift);
      places.push_back(row[i]);
    }
  }
  const bool agrees = count == static_cast<int64_t>(scalars.size()) && std::equal(scalars.begin(), scalars.end(), scalar.begin()) &&
                      std::equal(places.begin(), places.end(), place.begin());
  check::that(agrees, "terms of taps, up to " + std::to_string(most) + " each of " + std::to_string(groups) + " groups");
}

}  // namespace

void testKernels() {
  Random random(11);
  for (const int32_t terms : {1, 2, 3, 5, 8, 9, 17, 30})
    for (const int planes : {1, 2, 4}) testScatter(terms, 25, planes, random);
  testScatter(4, 0, 1, random);
  for (const int32_t most : {1, 3, 16, 40})
    for (const int64_t groups : {1, 3}) testTaps(most, groups, random);
}
