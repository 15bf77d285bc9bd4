#include "product.h"

#include <algorithm>
#include <tuple>

#include "product-kernel.h"
#include "rounded.h"

namespace agon::cuda {

namespace {

/// Rows of a tile of a cluster, items of x up to which there are clusters, and terms that one of them has in common at least.
constexpr int32_t clusterRows = 32, fewItems = 4, leastShared = 2;

/// A list of x is reached if a term has an item.
struct Reached {
  const int32_t *offsets, *source, *count;
  int32_t planesX, planesY;
  uint8_t* reached;
  AGON_HD void operator()(int64_t list) const {
    const int64_t position = list / planesX, plane = list % planesX;
    uint8_t any = 0;
    for (int32_t k = offsets[position]; k < offsets[position + 1] && !any; k++) any = count[source[k] * static_cast<int64_t>(planesY) + plane] > 0;
    reached[list] = any;
  }
};

/// Element e of x gets a row if it is wanted and its list is reached. i counts items first where these are neighbours, so that bytes are, too.
struct AliveItems {
  Layout x;
  const uint8_t *wanted, *reached;
  uint8_t* alive;
  AGON_HD void operator()(int64_t i) const {
    const bool itemsFirst = x.byItem == 1;
    const int64_t list = itemsFirst ? i / x.items : i % x.lists(), item = itemsFirst ? i % x.items : i / x.lists();
    const int64_t e = x.element(list, item);
    alive[e] = wanted[e] && reached[list];
  }
};

/// The same sums where the other factor is different for every example.
struct ProductRows {
  ProductPlace at;
  View weights;
  Lanes lanes;
  Precision precision;
  AGON_HD void operator()(int64_t row, int32_t lane) const {
    const Layout &x = at.x, &y = at.y;
    const int64_t list = row / x.items, position = list / x.planes, plane = list % x.planes;
    if (row % x.items >= at.wanted.count[list]) return;
    const int64_t item = at.wanted.item[row];
    const int32_t n = lanes.exampleOf(lane);
    float sum = 0;
    for (int32_t k = at.offsets[position]; k < at.offsets[position + 1]; k++) {
      const int64_t from = at.source[k] * static_cast<int64_t>(y.planes) + plane, weight = at.blockOf[k] * at.byBlock + plane * at.byPlane + item * at.byTo;
      for (int32_t c = 0; c < at.from.count[from]; c++) {
        const int64_t of = at.from.item[from * y.items + c];
        sum += rounded(weights.at(weight + of * at.byFrom, n), precision) * rounded(at.rows[y.element(from, of) * at.to.lanes + lane], precision);
      }
    }
    at.to.put(x.element(list, item), lane, at.alpha * sum);
  }
};

}  // namespace

Product::Product(Device& device, const Layout& x, const Layout& y, const Terms& terms) : x_(x), y_(y) {
  terms_ = {Ints(device, terms.offsets), Ints(device, terms.source), Ints(device, terms.block)};
  products_ = static_cast<int64_t>(terms.source.size()) * x.planes * x.items * y.items;
  if (x.items <= fewItems) cluster(device, terms);
}

/// Terms of neighbours with one source become one, in ascending order of sources; of several of one position and source, the first ones meet, the second ones ...
void Product::cluster(Device& device, const Terms& terms) {
  together_ = clusterRows / x_.items;
  Terms out;
  out.offsets.push_back(0);
  std::vector<std::tuple<int32_t, int32_t, int32_t, int32_t>> all;  // source, which of its terms, position, block
  for (int32_t first = 0; first < x_.positions; first += together_) {
    all.clear();
    for (int32_t p = first; p < std::min(first + together_, x_.positions); p++) {
      const auto begin = all.size();
      for (int32_t k = terms.offsets[p]; k < terms.offsets[p + 1]; k++) all.emplace_back(terms.source[k], k, p - first, terms.block[k]);
      std::sort(all.begin() + static_cast<std::ptrdiff_t>(begin), all.end());
      for (size_t i = begin; i < all.size(); i++)
        std::get<1>(all[i]) = i > begin && std::get<0>(all[i]) == std::get<0>(all[i - 1]) ? std::get<1>(all[i - 1]) + 1 : 0;
    }
    std::sort(all.begin(), all.end());
    for (size_t i = 0; i < all.size(); i++) {
      const auto [source, which, slot, block] = all[i];
      if (i == 0 || source != std::get<0>(all[i - 1]) || which != std::get<1>(all[i - 1])) {
        out.source.push_back(source);
        out.block.insert(out.block.end(), together_, -1);
      }
      out.block[out.block.size() - together_ + slot] = block;
    }
    out.offsets.push_back(static_cast<int32_t>(out.source.size()));
  }
  if (out.source.size() * leastShared <= terms.source.size()) clusters_ = {Ints(device, out.offsets), Ints(device, out.source), Ints(device, out.block)};
}

void Product::backward(Walk& walk, int32_t x, int32_t y, const Weights& weights, float alpha) const {
  if (!walk.wants(x)) return;
  Frame& frame = walk.frame;
  Device& device = frame.device;
  const bool tiles = weights.view.examples == 1, clusters = tiles && clusters_.offsets;
  const ListTable from(device, walk.alive(y), y_);
  const Bytes reached(device, x_.lists());
  device.each(x_.lists(), Reached{terms_.offsets.data(), terms_.source.data(), from.lists().count, x_.planes, y_.planes, reached.data()});
  const auto alive = frame.mask(x);
  device.each(x_.lists() * x_.items, AliveItems{x_, walk.wanted(x), reached.data(), alive->data()});
  const ListTable wanted = clusters ? ListTable() : ListTable(device, alive->data(), x_);
  const Table& terms = clusters ? clusters_ : terms_;
  const ProductPlace place = {x_, y_, terms.offsets.data(), terms.source.data(), terms.block.data(), together_, weights.view.data,
                              weights.byBlock, weights.byPlane, weights.byFrom, weights.byTo, wanted.lists(), alive->data(), from.lists(),
                              walk.rows(y), walk.place(x), alpha};
  if (!tiles) {
    device.eachRow(x_.lists() * x_.items, walk.lanes.count(), ProductRows{place, weights.view, walk.lanes, walk.precision});
  } else if (walk.precision == Precision::Bf16) {
    runProduct<Precision::Bf16>(device, place, clusters);
  } else if (walk.precision == Precision::Tf32) {
    runProduct<Precision::Tf32>(device, place, clusters);
  } else {
    runProduct<Precision::Fp32>(device, place, clusters);
  }
  walk.settle(x, alive);
}

}  // namespace agon::cuda
