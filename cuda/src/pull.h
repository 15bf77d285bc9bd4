#pragma once
#include "divide.h"
#include "walk.h"

namespace agon::cuda {

/// A local map y <- x read from x, in device memory: element e = p strideX + i of x goes to elements p strideY + to[k] of y, as link link[k] of the
/// instruction's table, for k in offsets[i] .. offsets[i+1]-1 in ascending order of `to`. Null offsets: e goes to to[e], as link e; null `to` as well: to e.
struct Links {
  const int32_t *offsets = nullptr, *to = nullptr, *link = nullptr;
  Divider strideX = {};
  int64_t strideY = 0;

  /// Calls use(element of y, link) for every link of e.
  template <class Use>
  AGON_HD void each(int64_t e, Use use) const {
    if (offsets == nullptr) return use(to ? static_cast<int64_t>(to[e]) : e, e);
    const int32_t p = strideX.quotient(e), i = strideX.rest(e, p);
    for (int32_t k = offsets[i]; k < offsets[i + 1]; k++) use(p * strideY + to[k], static_cast<int64_t>(link[k]));
  }
};

/// Links with the memory that they lie in.
class LinkTable {
 public:
  /// Every element goes to the same one.
  LinkTable() = default;
  /// y[p strideY + o] is made from x[p strideX + sources[k]], k in offsets[o] .. offsets[o+1]-1; a negative source is none.
  LinkTable(Device& device, const std::vector<int32_t>& offsets, const std::vector<int32_t>& sources, int64_t strideX, int64_t strideY);
  /// y[o] is made from x[source[o]]. A negative source is none.
  LinkTable(Device& device, const std::vector<int32_t>& source, int64_t sizeX);
  Links links() const { return {offsets_.data(), to_.data(), link_.data(), Divider(strideX_ > 0 ? strideX_ : 1), strideY_}; }

 private:
  void turn(Device& device, const std::vector<int32_t>& offsets, const std::vector<int32_t>& sources);
  Ints offsets_, to_, link_;
  int64_t strideX_ = 1, strideY_ = 0;
};

/// The same coefficient 1 for every link.
struct Ones {
  static constexpr bool sameForExamples = true;
  AGON_HD float operator()(int64_t, int64_t, int64_t, int32_t) const { return 1.0f; }
};

/// coefficient[e * examples + n] per element e of y.
struct PerOutput {
  const float* coefficient;
  int32_t examples;
  AGON_HD float operator()(int64_t, int64_t y, int64_t, int32_t n) const { return coefficient[y * examples + n]; }
};

/// coefficient[link].
struct PerLink {
  static constexpr bool sameForExamples = true;
  const float* coefficient;
  AGON_HD float operator()(int64_t link, int64_t, int64_t, int32_t) const { return coefficient[link]; }
};

/// Whether a coefficient says that it is the same for all examples of a frame.
template <class Coefficient, class = void>
constexpr bool sameForExamples = false;
template <class Coefficient>
constexpr bool sameForExamples<Coefficient, std::void_t<decltype(Coefficient::sameForExamples)>> = Coefficient::sameForExamples;

template <class Map, class Coefficient>
struct PullMask {
  Map links;
  Coefficient coefficient;
  const uint8_t *wanted, *from;
  uint8_t* alive;
  int32_t examples;
  AGON_HD void operator()(int64_t e) const {
    uint8_t any = 0;
    if (wanted[e]) {
      links.each(e, [&](int64_t y, int64_t link) {
        if (any || !from[y]) return;
        const int32_t last = sameForExamples<Coefficient> ? 1 : examples;
        for (int32_t n = 0; !any && n < last; n++) any = coefficient(link, y, e, n) != 0.0f;
      });
    }
    alive[e] = any;
  }
};

template <class Map, class Coefficient>
struct PullRows {
  Map links;
  Coefficient coefficient;
  const uint8_t *alive, *from;
  const float* rows;
  Place to;
  Lanes lanes;
  AGON_HD void operator()(int64_t e, int32_t lane) const {
    if (!alive[e]) return;
    const int32_t n = lanes.exampleOf(lane);
    float sum = 0;
    links.each(e, [&](int64_t y, int64_t link) {
      if (!from[y]) return;
      const float c = coefficient(link, y, e, n);
      if (c != 0.0f) sum += c * rows[y * to.lanes + lane];  // 0 carries nothing, not even NaN of an element that only other examples want
    });
    to.put(e, lane, sum);
  }
};

/// x takes the cotangent of y through the links: x[e] += sum of coefficient(link, element of y, e, example) y[...]. A link whose coefficient is 0 for
/// every example carries nothing. Does nothing where x is not wanted. `links` are Links, or whatever else has their each().
template <class Map, class Coefficient>
void pull(Walk& walk, int32_t x, int32_t y, const Map& links, const Coefficient& coefficient) {
  if (!walk.wants(x)) return;
  Frame& frame = walk.frame;
  const auto alive = frame.mask(x);
  frame.device.each(frame.size(x), PullMask<Map, Coefficient>{links, coefficient, walk.wanted(x), walk.alive(y), alive->data(), frame.examples});
  frame.device.eachRow(frame.size(x), walk.lanes.count(),
                       PullRows<Map, Coefficient>{links, coefficient, alive->data(), walk.alive(y), walk.rows(y), walk.place(x), walk.lanes});
  walk.settle(x, alive);
}

}  // namespace agon::cuda
