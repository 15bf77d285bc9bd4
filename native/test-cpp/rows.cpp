// Recipes of links that are found on a shorter way, against those of the same links written out: the same rows, terms and order.
#include "../src/rows.h"

#include <algorithm>
#include <numeric>

#include "../src/threads.h"
#include "check.h"

namespace {

using agon::PullRecipe;

/// Every element has one source among `sources`, some none; rows in any order, some elements without one.
void testSources(int size, int sources, Random& random) {
  agon::Pool pool(1);
  std::vector<int32_t> source(size), order(size), offsets(size + 1);
  for (int32_t& x : source) x = static_cast<int32_t>(random() % (sources + 1)) - 1;
  std::iota(offsets.begin(), offsets.end(), 0);
  std::iota(order.begin(), order.end(), 0);
  std::shuffle(order.begin(), order.end(), random);
  agon::Rows rows;
  rows.distinct = true;
  rows.row.assign(size, -1);
  for (const int32_t e : order)
    if (random() % 3 > 0) rows.row[e] = rows.count++;
  agon::Mask wanted(sources);
  for (uint8_t& w : wanted) w = random() % 4 > 0;
  const auto g = std::make_shared<const agon::Rows>(std::move(rows));
  agon::Links plain, listed;
  plain.source = listed.source = source.data();
  listed.offsets = offsets.data();
  const auto found = agon::pullRecipe(pool, g, true, wanted, plain), expected = agon::pullRecipe(pool, g, true, wanted, listed);
  const bool areRows = found->rows && expected->rows && *found->rows == *expected->rows;
  check::that(areRows && found->mode == expected->mode && found->offsets == expected->offsets && found->from == expected->from && found->products == expected->products &&
                  (found->mode != PullRecipe::Mode::Combine || found->factor == expected->factor),
              std::to_string(size) + " elements with sources among " + std::to_string(sources));
}

}  // namespace

void testRows() {
  Random random(29);
  for (const int sources : {3, 40, 1000}) testSources(200, sources, random);
}
