// Kernels of small calls against plain loops. Numbers are small integers, so that sums are exact in any order.
#include <algorithm>
#include <cmath>
#include <limits>

#include "../src/fold.h"
#include "../src/graph.h"
#include "../src/kernels/bricks.h"
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

/// Sums of some sets of rows by bricks, begun from what their rows hold or from 0.
struct BrickSums {
  int32_t terms, outputs, sets;
  std::vector<float> scalars, given, begun;
  std::vector<int32_t> scalar, at, place;
  int64_t rows() const { return int64_t{sets} * terms; }
  int64_t sums() const { return int64_t{sets} * outputs; }

  BrickSums(int32_t terms, int32_t outputs, int32_t sets, Random& random)
      : terms(terms), outputs(outputs), sets(sets), scalars(normal(int64_t{terms} * outputs, random)), given(normal(rows() * mostLanes, random)),
        begun(normal(sums() * mostLanes, random)), scalar(shuffled(terms, random)), at(shuffled(outputs, random)), place(shuffled(static_cast<int32_t>(rows()), random)) {
    for (int32_t& from : at) from *= terms;
  }

  /// The sets first .. first + count - 1 in planes firstPlane .. firstPlane + planes - 1, as [plane][sum][lane].
  std::vector<float> made(const BrickKernels& bricks, int32_t first, int32_t count, int firstPlane, int planes, bool goesOn) const {
    const Planes steps = {planes, rows() * planeLanes, sums() * planeLanes, goesOn};
    const Buffer from = copied(given), to = copied(begun), scratch(bricks.scratchFloats);
    const int64_t each = BrickKernels::packedFloats(terms), height = BrickKernels::bricksOf(outputs);
    const Buffer packed(height * each);
    const BrickScalars of = {scalars.data(), scalar.data(), terms, at.data(), outputs};
    for (int64_t brick = 0; brick < height; brick++) bricks.pack(of, brick, packed.data() + brick * each);
    std::vector<BrickRows> taken;
    for (int32_t s = first; s < first + count; s++)
      taken.push_back({place.data() + s * terms, to.data() + firstPlane * steps.out + s * outputs * planeLanes});
    bricks.mix(packed.data(), of, from.data() + firstPlane * steps.in, taken.data(), count, steps, scratch.data());
    return {to.data(), to.data() + to.size()};
  }

  /// All sets by float32 products.
  std::vector<float> mixed(bool goesOn) const {
    const Planes steps = {mostPlanes, rows() * planeLanes, sums() * planeLanes, goesOn};
    const Buffer from = copied(given), to = copied(begun);
    for (int32_t s = 0; s < sets; s++)
      kernels().mix({scalars.data(), from.data(), scalar.data(), place.data() + s * terms, terms}, {at.data(), to.data() + s * outputs * planeLanes, outputs}, steps);
    return {to.data(), to.data() + to.size()};
  }

  /// The farthest that a sum lies from the exact one, in units of the sum of its terms' magnitudes.
  double error(const std::vector<float>& made, bool goesOn) const {
    double most = 0;
    for (int64_t i = 0; i < sums(); i++) {
      for (int lane = 0; lane < mostLanes; lane++) {
        const int64_t plane = lane / planeLanes, in = plane * rows() * planeLanes + lane % planeLanes;
        const int64_t e = plane * sums() * planeLanes + i * planeLanes + lane % planeLanes;
        double sum = goesOn ? begun[e] : 0, size = std::abs(sum);
        for (int64_t t = 0; t < terms; t++) {
          const double product = double{scalars[at[i % outputs] + scalar[t]]} * given[in + place[i / outputs * terms + t] * planeLanes];
          sum += product;
          size += std::abs(product);
        }
        most = std::max(most, std::abs(sum - made[e]) / size);
      }
    }
    return most;
  }
};

/// As near to the exact sums as float32 comes, and the same bits for any company.
void testBricks(const BrickKernels& bricks, int32_t terms, int32_t outputs, int32_t sets, Random& random) {
  const BrickSums sums(terms, outputs, sets, random);
  const std::string name = "bricks of " + std::to_string(terms) + " terms and " + std::to_string(outputs) + " outputs in " + std::to_string(sets) + " sets";
  for (const bool goesOn : {false, true}) {
    const std::vector<float> together = sums.made(bricks, 0, sets, 0, mostPlanes, goesOn);
    const double error = sums.error(together, goesOn), usual = sums.error(sums.mixed(goesOn), goesOn);
    check::that(error < std::max(usual, std::ldexp(1.0, -22)), name + ", error " + std::to_string(error * 1e9) + "e-9 beside " + std::to_string(usual * 1e9) + "e-9");
    const std::vector<float> alone = sums.made(bricks, sets - 1, 1, 1, 1, goesOn);
    const int64_t plane = sums.sums() * planeLanes, from = plane + (sets - 1) * outputs * planeLanes;
    check::that(std::equal(alone.begin() + from, alone.begin() + 2 * plane, together.begin() + from), name + ", one by itself");
    const bool leaves = std::equal(alone.begin(), alone.begin() + from, sums.begun.begin()) && std::equal(alone.begin() + 2 * plane, alone.end(), sums.begun.begin() + 2 * plane);
    check::that(leaves, name + ", others as they were");
  }
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

void testTurn(int64_t channels, bool hasBias, Random& random) {
  const int64_t padded = (channels + planeLanes - 1) / planeLanes * planeLanes, step = 29;
  const Buffer sums = copied(normal(positionsTogether * padded, random));
  const std::vector<float> bias = normal(channels, random);
  std::vector<float> found(channels * step + 5, 0.0f), expected = found;
  kernels().turnSums(sums.data(), padded, channels, hasBias ? bias.data() : nullptr, found.data() + 5, step);
  for (int64_t c = 0; c < channels; c++)
    for (int64_t r = 0; r < positionsTogether; r++) expected[5 + c * step + r] = sums.data()[r * padded + c] + (hasBias ? bias[c] : 0.0f);
  check::that(found == expected, "turned sums of " + std::to_string(channels) + " channels");
}

void testColumns(int64_t lines, Random& random) {
  constexpr int64_t step = columnsTogether + 3;
  const int64_t most = lines + 1;
  std::vector<int32_t> item(lines), row(lines * step), items(columnsTogether * most), rows(items.size()), count(columnsTogether), number(lines * step, -2), first(columnsTogether);
  std::vector<uint8_t> mask(lines * step), open(columnsTogether);
  for (int32_t& i : item) i = static_cast<int32_t>(random() % 1000);
  for (int32_t& r : row) r = static_cast<int32_t>(random() % 50) - 20;
  for (uint8_t& m : mask) m = random() % 2;
  for (int64_t i = 0; i < columnsTogether; i++) {
    open[i] = i % 5 != 3;
    first[i] = static_cast<int32_t>(100 * i);
  }
  const ColumnLists lists = {item.data(), lines, most, items.data(), rows.data(), count.data()};
  bool agrees = true;
  kernels().listColumns(row.data(), step, lists);
  for (int64_t i = 0; i < columnsTogether; i++) {
    int32_t found = 0;
    for (int64_t b = 0; b < lines; b++) {
      if (row[b * step + i] < 0) continue;
      agrees = agrees && items[i * most + found] == item[b] && rows[i * most + found] == row[b * step + i];
      found++;
    }
    agrees = agrees && found == count[i];
  }
  kernels().numberColumns(mask.data(), open.data(), first.data(), number.data(), step, lists);
  for (int64_t i = 0; i < columnsTogether; i++) {
    int32_t found = 0;
    for (int64_t b = 0; b < lines; b++) {
      const bool stays = mask[b * step + i] && open[i];
      agrees = agrees && number[b * step + i] == (stays ? first[i] + found : -1) && (!stays || items[i * most + found] == item[b]);
      found += stays;
    }
    agrees = agrees && found == count[i];
  }
  check::that(agrees, "columns of " + std::to_string(lines) + " lines");
}

/// Against product(), which makes the map of one element: the same bits of numbers that are rounded.
void testMaps(int64_t channels, bool isInner, bool hasFactor, Random& random) {
  constexpr int32_t rows = 40;
  const Buffer from = copied(normal((rows + 1) * planeLanes, random));
  std::fill_n(from.data() + rows * planeLanes, planeLanes, 0.0f);
  const std::vector<float> factor = normal(channels * mapsTogether, random);
  std::vector<int32_t> row(channels * mapsTogether);
  for (int32_t& r : row) r = static_cast<int32_t>(random() % (rows + 1)) - 1;
  const Buffer values(mapsTogether * planeLanes), map(planeLanes);
  const int64_t channelStep = isInner ? mapsTogether : 1, elementStep = isInner ? 1 : channels;
  kernels().maps({from.data(), rows, row.data(), hasFactor ? factor.data() : nullptr, channels, channelStep, elementStep, channels > 1}, values.data());
  bool agrees = true;
  for (int64_t i = 0; i < mapsTogether; i++) {
    std::fill_n(map.data(), planeLanes, 0.0f);
    for (int64_t c = 0; c < channels; c++) {
      const int64_t at = c * channelStep + i * elementStep;
      kernels().product(map.data(), row[at] < 0 ? nullptr : from.data() + row[at] * planeLanes, planeLanes, hasFactor ? factor[at] : 1.0f, channels > 1, 1);
    }
    for (int64_t l = 0; l < planeLanes; l++) agrees = agrees && map.data()[l] == values.data()[l * mapsTogether + i];
  }
  check::that(agrees, "maps of " + std::to_string(channels) + " channels" + (isInner ? "" : " side by side") + (hasFactor ? "" : " without factors"));
}

/// Against foldOne(), from what the rows hold or whatever they hold; values tie often.
void testFold(int64_t count, float other, bool goesOn, Random& random) {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  std::vector<float> given = integers(count * mapsTogether, random);
  given.back() = other;
  const Buffer values = copied(given);
  struct Extremes {
    std::vector<float> floats = std::vector<float>(4 * mapsTogether, 0.0f);
    std::vector<int32_t> labels = std::vector<int32_t>(2 * mapsTogether, -1);
    ExtremeRows rows() {
      float* const f = floats.data();
      return {f, f + mapsTogether, f + 2 * mapsTogether, f + 3 * mapsTogether, labels.data(), labels.data() + mapsTogether};
    }
  } found, expected;
  for (Extremes* each : {&found, &expected}) {
    std::fill_n(each->floats.begin(), 2 * mapsTogether, -infinity);
    std::fill_n(each->floats.begin() + 2 * mapsTogether, 2 * mapsTogether, infinity);
  }
  if (!goesOn && std::isfinite(other)) {
    std::fill(found.floats.begin(), found.floats.end(), 0.5f);
    std::fill(found.labels.begin(), found.labels.end(), 1001);
  }
  std::vector<int32_t> labels(count);
  for (int32_t& label : labels) label = static_cast<int32_t>(random() % 1000);
  const bool isFinite = kernels().fold(values.data(), count, labels.data(), found.rows(), goesOn);
  const ExtremeRows to = expected.rows();
  for (int64_t j = 0; j < count && std::isfinite(other); j++)
    for (int64_t i = 0; i < mapsTogether; i++)
      foldOne(given[j * mapsTogether + i], labels[j], {to.best, to.runnerUp, to.worst, to.runnerDown, to.bestLabel, to.worstLabel, nullptr}, i);
  check::that(isFinite == std::isfinite(other) && found.floats == expected.floats && found.labels == expected.labels, "fold of " + std::to_string(count) + (goesOn ? " more labels" : " labels"));
}

/// Chunks of labels of one element, one after the other, against foldOne(); values tie often, and later chunks change few extremes. `other` is the last value.
void testFoldLanes(int64_t count, int chunks, float other, Random& random) {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  struct Extremes {
    float best = -infinity, runnerUp = -infinity, worst = infinity, runnerDown = infinity;
    int32_t bestLabel = -1, worstLabel = -1;
    ExtremeRows rows() { return {&best, &runnerUp, &worst, &runnerDown, &bestLabel, &worstLabel}; }
    bool operator==(const Extremes& o) const {
      return best == o.best && runnerUp == o.runnerUp && worst == o.worst && runnerDown == o.runnerDown && bestLabel == o.bestLabel && worstLabel == o.worstLabel;
    }
  } expected, found;
  found.best = found.worst = found.runnerUp = found.runnerDown = 0.5f;  // to be written before they are read
  bool agrees = true, isFinite = true;
  for (int chunk = 0; chunk < chunks && isFinite; chunk++) {
    std::vector<float> given = integers(count, random);
    if (chunk + 1 == chunks) given.back() = other;
    std::vector<int32_t> labels(count);
    for (int32_t& label : labels) label = static_cast<int32_t>(random() % 1000);
    std::vector<float> padded = given;
    padded.resize((count + planeLanes - 1) / planeLanes * planeLanes, given[0]);
    const Buffer values = copied(padded);
    isFinite = kernels().foldLanes(values.data(), count, labels.data(), found.rows(), chunk > 0);
    agrees = agrees && isFinite == (chunk + 1 < chunks || std::isfinite(other));
    const ExtremeRows to = expected.rows();
    for (int64_t j = 0; j < count && isFinite; j++)
      foldOne(given[j], labels[j], {to.best, to.runnerUp, to.worst, to.runnerDown, to.bestLabel, to.worstLabel, nullptr}, 0);
  }
  check::that(agrees && (found == expected || (chunks == 1 && !isFinite)), "fold of " + std::to_string(chunks) + " times " + std::to_string(count) + " lanes");
}

}  // namespace

void testKernels() {
  Random random(11);
  for (const int32_t terms : {1, 2, 3, 5, 8, 9, 17, 30})
    for (const int planes : {1, 2, 4}) testScatter(terms, 25, planes, random);
  testScatter(4, 0, 1, random);
  for (const int32_t most : {1, 3, 16, 40})
    for (const int64_t groups : {1, 3}) testTaps(most, groups, random);
  if (const BrickKernels* const bricks = kernels().bricks)
    for (const int32_t terms : {1, 31, 32, 33, 300})
      for (const int32_t outputs : {1, 16, 21, 32, 50})
        for (const int32_t sets : {1, 3, 8}) testBricks(*bricks, terms, outputs, sets, random);
  for (const int64_t channels : {1, 16, 20, 50})
    for (const bool hasBias : {true, false}) testTurn(channels, hasBias, random);
  for (const int64_t lines : {0, 1, 30}) testColumns(lines, random);
  for (const int64_t channels : {1, 3, 20})
    for (const bool isInner : {true, false})
      for (const bool hasFactor : {true, false}) testMaps(channels, isInner, hasFactor, random);
  for (const bool goesOn : {false, true}) {
    for (const int64_t count : {1, 2, 5, 16, 40}) testFold(count, 1.0f, goesOn, random);
    for (const float other : {std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN()}) testFold(7, other, goesOn, random);
  }
  for (const int chunks : {1, 2, 9}) {
    for (const int64_t count : {1, 2, 5, 16, 17, 40, 64}) testFoldLanes(count, chunks, 1.0f, random);
    for (const float other : {std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN()}) testFoldLanes(23, chunks, other, random);
  }
}
