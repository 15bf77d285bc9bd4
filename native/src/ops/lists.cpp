#include "lists.h"

#include <algorithm>

#include "grain.h"

namespace agon {

namespace {

/// Buckets that are filled together, so that the ends of all their lists are in the cache.
constexpr int64_t tile = 256;

/// The axis along which elements are split over threads, so that no two threads have a bucket in common.
int splitAxis(const Layout& layout) {
  int axis = -1;
  for (int i = 0; i < 3; i++)
    if (layout.bucket[i] > 0 && (axis < 0 || layout.extent[i] > layout.extent[axis])) axis = i;
  return axis;
}

/// Calls visit(element, bucket, item) in ascending order of the elements of each bucket.
template <class Visit>
void eachElement(Pool& pool, const Layout& l, Visit visit) {
  const int axis = splitAxis(l);
  const int64_t size = l.extent[0] * l.extent[1] * l.extent[2], length = axis < 0 ? 1 : l.extent[axis];
  const int64_t each = std::max<int64_t>(1, size / std::max<int64_t>(1, length));
  pool.each(length, std::max<int64_t>(1, grain / each), [&](int64_t begin, int64_t end) {
    for (int64_t first = begin; first < end; first += tile) {
      int64_t from[3] = {0, 0, 0}, to[3] = {l.extent[0], l.extent[1], l.extent[2]};
      if (axis >= 0) {
        from[axis] = first;
        to[axis] = std::min(end, first + tile);
      }
      for (int64_t a = from[0]; a < to[0]; a++) {
        for (int64_t b = from[1]; b < to[1]; b++) {
          const int64_t row = (a * l.extent[1] + b) * l.extent[2];
          const int64_t bucket = a * l.bucket[0] + b * l.bucket[1];
          const int64_t item = l.items ? l.items[b] : a * l.item[0] + b * l.item[1];
          if (l.bucket[2] == 1 && l.item[2] == 0) {
            for (int64_t c = from[2]; c < to[2]; c++) visit(row + c, bucket + c, static_cast<int32_t>(item));
          } else {
            for (int64_t c = from[2]; c < to[2]; c++) visit(row + c, bucket + c * l.bucket[2], static_cast<int32_t>(item + c * l.item[2]));
          }
        }
      }
    }
  });
}

/// offsets[b + 1] = count of bucket b -> where the buckets begin.
std::vector<int32_t> accumulate(std::vector<int32_t>& offsets) {
  for (size_t b = 1; b < offsets.size(); b++) offsets[b] += offsets[b - 1];
  return {offsets.begin(), offsets.end() - 1};
}

}  // namespace

AliveLists listAlive(Pool& pool, const Rows& rows, const Layout& layout) {
  AliveLists lists;
  const int32_t* const row = rows.row.data();
  lists.offsets.assign(layout.buckets + 1, 0);
  int32_t* const counts = lists.offsets.data() + 1;
  eachElement(pool, layout, [=](int64_t e, int64_t bucket, int32_t) { counts[bucket] += row[e] >= 0; });
  std::vector<int32_t> next = accumulate(lists.offsets);
  lists.item.resize(lists.offsets.back());
  lists.row.resize(lists.offsets.back());
  int32_t *const items = lists.item.data(), *const listed = lists.row.data(), *const at = next.data();
  eachElement(pool, layout, [=](int64_t e, int64_t bucket, int32_t item) {
    if (row[e] < 0) return;
    const int32_t k = at[bucket]++;
    items[k] = item;
    listed[k] = row[e];
  });
  return lists;
}

FreshRows listFresh(Pool& pool, const Mask& wanted, const Layout& layout, const std::vector<uint8_t>& reached) {
  FreshRows fresh;
  const uint8_t *const mask = wanted.data(), *const open = reached.data();
  fresh.lists.offsets.assign(layout.buckets + 1, 0);
  int32_t* const counts = fresh.lists.offsets.data() + 1;
  eachElement(pool, layout, [=](int64_t e, int64_t bucket, int32_t) { counts[bucket] += mask[e] & open[bucket]; });
  std::vector<int32_t> next = accumulate(fresh.lists.offsets);
  if (fresh.lists.offsets.back() == 0) return fresh;
  fresh.rows = std::make_shared<Rows>();
  fresh.rows->count = fresh.lists.offsets.back();
  fresh.rows->distinct = true;
  fresh.rows->row.resize(wanted.size());
  fresh.lists.item.resize(fresh.rows->count);
  int32_t *const items = fresh.lists.item.data(), *const row = fresh.rows->row.data(), *const at = next.data();
  eachElement(pool, layout, [=](int64_t e, int64_t bucket, int32_t item) {
    row[e] = -1;
    if (!(mask[e] & open[bucket])) return;
    const int32_t k = at[bucket]++;
    items[k] = item;
    row[e] = k;
  });
  return fresh;
}

}  // namespace agon
