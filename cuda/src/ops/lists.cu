#include "lists.h"

namespace agon::cuda {

namespace {

/// A block makes the lists of `across` neighbours. Thread t has a stretch of the items of list t % across: it counts what is set there, then writes it
/// behind what the threads of earlier stretches have counted.
struct ListItems {
  static constexpr int threads = 256;
  struct Shared {
    int32_t counts[threads];
  };
  const uint8_t* mask;
  Layout layout;
  int32_t across;
  int32_t *items, *counts;

  template <class Use>
  AGON_HD void eachSet(int64_t list, int part, Use use) const {
    const int64_t parts = threads / across;
    const int32_t begin = static_cast<int32_t>(layout.items * static_cast<int64_t>(part) / parts);
    const int32_t end = static_cast<int32_t>(layout.items * (static_cast<int64_t>(part) + 1) / parts);
    const uint8_t* const from = mask + layout.element(list, 0);
    for (int32_t c = begin; c < end; c++)
      if (from[c * layout.byItem]) use(c);
  }

  AGON_HD void operator()(const Block<threads>& block, Shared& shared) const {
    block.each([&](int t) {
      const int64_t list = block.x * across + t % across;
      int32_t count = 0;
      if (list < layout.lists()) eachSet(list, t / across, [&](int32_t) { count++; });
      shared.counts[t] = count;
    });
    block.each([&](int t) {
      const int64_t list = block.x * across + t % across;
      if (list >= layout.lists()) return;
      int32_t before = 0;
      for (int s = t % across; s < t; s += across) before += shared.counts[s];
      if (t + across >= threads) counts[list] = before + shared.counts[t];
      int32_t* const to = items + list * layout.items;
      eachSet(list, t / across, [&](int32_t c) { to[before++] = c; });
    });
  }
};

}  // namespace

ListTable::ListTable(Device& device, const uint8_t* mask, const Layout& layout)
    : items_(device, layout.lists() * layout.items), counts_(device, layout.lists()) {
  // Neighbours read neighbouring bytes, unless the items of one list are neighbours, or there are few lists.
  const int32_t across = layout.lists() < 8 || (layout.byItem == 1 && layout.items >= 256) ? 1 : 32;
  device.blocks({(layout.lists() + across - 1) / across}, ListItems{mask, layout, across, items_.data(), counts_.data()});
}

}  // namespace agon::cuda
