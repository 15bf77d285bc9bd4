#pragma once
#include "../walk.h"

namespace agon::cuda {

/// Groups of elements that depend on each other: group (o, i) of [outer, extent, inner] holds elements o extent inner + k inner + i, k < extent.
struct Groups {
  int64_t outer = 1, extent = 1, inner = 1;
  AGON_HD int64_t count() const { return outer * inner; }
  AGON_HD int64_t first(int64_t group) const { return group / inner * extent * inner + group % inner; }
  int64_t size() const { return outer * extent * inner; }
};

/// Threads that walk one group of one example in the forward pass.
constexpr int groupThreads = 128;

/// numbers[0] becomes that of all threads of a block, joined pair by pair in a fixed order.
template <class T, class Join>
AGON_HD void joinThreads(const Block<groupThreads>& block, T* numbers, Join join) {
  for (int half = groupThreads / 2; half > 0; half /= 2)
    block.each([&](int t) {
      if (t < half) numbers[t] = join(numbers[t], numbers[t + half]);
    });
}

struct Plus {
  AGON_HD double operator()(double a, double b) const { return a + b; }
};

/// Where a cotangent that reaches a group reaches all wanted elements of it: one block per group.
struct GroupsReached {
  static constexpr int threads = groupThreads;
  struct Shared {
    uint8_t any[threads];
  };
  Groups groups;
  const uint8_t *from, *wanted;
  uint8_t* alive;

  AGON_HD void operator()(Block<threads> block, Shared& shared) const {
    const int64_t base = groups.first(block.x);
    block.each([&](int t) {
      uint8_t any = 0;
      for (int64_t k = t; k < groups.extent; k += threads) any |= from[base + k * groups.inner];
      shared.any[t] = any;
    });
    joinThreads(block, shared.any, [](uint8_t a, uint8_t b) { return static_cast<uint8_t>(a | b); });
    block.each([&](int t) {
      for (int64_t k = t; k < groups.extent; k += threads) alive[base + k * groups.inner] = wanted[base + k * groups.inner] & shared.any[0];
    });
  }
};

/// What the elements of a group give back, lane by lane: two sums over the group, to which rule.add(group, e, n, g, first, second) adds the cotangent g of element e, and
/// factors[0] g + factors[1] first + factors[2] second for each element. One block walks one group for one warp of lanes; a lane's sums are
/// those of `parts` threads, added in a fixed order.
template <class Rule>
struct GroupRows {
  static constexpr int parts = 8, threads = parts * warpThreads;
  struct Shared {
    float first[threads], second[threads];
  };
  Groups groups;
  Rule rule;
  const float* factors;  // [size, 3, examples]
  const uint8_t *from, *alive;  // of y and of x
  const float* rows;
  Place to;
  Lanes lanes;

  AGON_HD void operator()(Block<threads> block, Shared& shared) const {
    const int64_t base = groups.first(block.x), firstLane = block.y * warpThreads;
    block.each([&](int t) {
      float first = 0, second = 0;
      const int64_t lane = firstLane + t % warpThreads;
      if (lane < to.lanes) {
        const int32_t n = lanes.exampleOf(static_cast<int32_t>(lane));
        for (int64_t k = t / warpThreads; k < groups.extent; k += parts) {
          const int64_t e = base + k * groups.inner;
          if (from[e]) rule.add(block.x, e, n, rows[e * to.lanes + lane], first, second);
        }
      }
      shared.first[t] = first;
      shared.second[t] = second;
    });
    block.each([&](int t) {
      const int64_t lane = firstLane + t % warpThreads;
      if (lane >= to.lanes) return;
      const int32_t n = lanes.exampleOf(static_cast<int32_t>(lane)), examples = lanes.examples;
      float first = 0, second = 0;
      for (int part = 0; part < parts; part++) {
        first += shared.first[part * warpThreads + t % warpThreads];
        second += shared.second[part * warpThreads + t % warpThreads];
      }
      for (int64_t k = t / warpThreads; k < groups.extent; k += parts) {
        const int64_t e = base + k * groups.inner;
        if (!alive[e]) continue;
        const float* own = factors + 3 * e * examples + n;
        float sum = from[e] ? own[0] * rows[e * to.lanes + lane] : 0.0f;
        sum += own[examples] * first;
        to.put(e, static_cast<int32_t>(lane), sum + own[2 * examples] * second);
      }
    });
  }
};

/// x takes the cotangent of y, group by group.
template <class Rule>
void mixGroups(Walk& walk, int32_t x, int32_t y, const Groups& groups, const Rule& rule, const float* factors) {
  if (!walk.wants(x)) return;
  const auto alive = walk.frame.mask(x);
  walk.frame.device.blocks({groups.count()}, GroupsReached{groups, walk.alive(y), walk.wanted(x), alive->data()});
  walk.frame.device.blocks({groups.count(), (walk.lanes.count() + warpThreads - 1) / warpThreads},
                           GroupRows<Rule>{groups, rule, factors, walk.alive(y), alive->data(), walk.rows(y), walk.place(x), walk.lanes});
  walk.settle(x, alive);
}

}  // namespace agon::cuda
