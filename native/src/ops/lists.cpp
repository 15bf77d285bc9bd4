#include "lists.h"

#include <algorithm>

#include "../kernels/kernels.h"
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

/// The buckets are the last axis, and all elements of a bucket lie one such axis apart.
bool isByColumn(const Layout& l) { return l.extent[0] == 1 && l.bucket[1] == 0 && l.bucket[2] == 1 && l.item[2] == 0; }

int32_t itemOf(const Layout& l, int64_t b) { return l.items ? l.items[b] : static_cast<int32_t>(b * l.item[1]); }

/// Buckets that are listed side by side.
constexpr int64_t columns = 16;

/// The lists of a few neighbouring buckets while they are made. An entry is written whether it stays or not: a branch would be mispredicted often.
class Columns {
 public:
  explicit Columns(int64_t most) : stride_(most + 1), items_(columns * stride_), rows_(columns * stride_) {}
  void clear() { std::fill_n(count_, columns, 0); }
  /// Adds an item to list i if it is to stay; returns how many the list had.
  int32_t add(int64_t i, int32_t item, bool stays) {
    const int32_t at = count_[i];
    items_[i * stride_ + at] = item;
    count_[i] += stays;
    return at;
  }
  int32_t add(int64_t i, int32_t item, int32_t row, bool stays) {
    rows_[i * stride_ + count_[i]] = row;
    return add(i, item, stays);
  }
  int32_t count(int64_t i) const { return count_[i]; }
  const int32_t* items(int64_t i) const { return items_.data() + i * stride_; }
  const int32_t* rows(int64_t i) const { return rows_.data() + i * stride_; }

 private:
  const int64_t stride_;
  Table items_, rows_;
  int32_t count_[columns];
};

/// Calls use(columns, from, count) for neighbouring buckets from, from + 1, ..., of a layout by column.
template <class Use>
void eachColumns(Pool& pool, const Layout& l, Use use) {
  const int64_t blocks = (l.extent[2] + columns - 1) / columns;
  pool.each(blocks, std::max<int64_t>(1, grain / (columns * l.extent[1])), [&](int64_t begin, int64_t end) {
    Columns lists(l.extent[1]);
    for (int64_t b = begin; b < end; b++) {
      lists.clear();
      use(lists, b * columns, std::min(columns, l.extent[2] - b * columns));
    }
  });
}

/// offsets[b + 1] = count of bucket b -> where the buckets begin.
std::vector<int32_t> accumulate(std::vector<int32_t>& offsets) {
  for (size_t b = 1; b < offsets.size(); b++) offsets[b] += offsets[b - 1];
  return {offsets.begin(), offsets.end() - 1};
}

void fillColumns(Pool& pool, const int32_t* row, const Layout& l, AliveLists& lists) {
  eachColumns(pool, l, [&, items = lists.item.data(), rows = lists.row.data()](Columns& made, int64_t from, int64_t count) {
    for (int64_t b = 0; b < l.extent[1]; b++) {
      const int32_t item = itemOf(l, b), *const at = row + b * l.extent[2] + from;
      for (int64_t i = 0; i < count; i++) made.add(i, item, at[i], at[i] >= 0);
    }
    for (int64_t i = 0; i < count; i++) {
      std::copy_n(made.items(i), made.count(i), items + lists.offsets[from + i]);
      std::copy_n(made.rows(i), made.count(i), rows + lists.offsets[from + i]);
    }
  });
}

void numberColumns(Pool& pool, const uint8_t* mask, const uint8_t* open, const Layout& l, FreshRows& fresh) {
  eachColumns(pool, l, [&, items = fresh.lists.item.data(), row = fresh.rows->row.data(), first = fresh.lists.offsets.data()](Columns& made, int64_t from, int64_t count) {
    for (int64_t b = 0; b < l.extent[1]; b++) {
      const int32_t item = itemOf(l, b);
      const int64_t e = b * l.extent[2] + from;
      for (int64_t i = 0; i < count; i++) {
        const bool stays = mask[e + i] & open[from + i];
        const int32_t number = first[from + i] + made.add(i, item, stays);
        row[e + i] = stays ? number : -1;
      }
    }
    for (int64_t i = 0; i < count; i++) std::copy_n(made.items(i), made.count(i), items + first[from + i]);
  });
}

}  // namespace

AliveLists listAlive(Pool& pool, const Rows& rows, const Layout& layout) {
  AliveLists lists;
  const int32_t* const row = rows.row.data();
  lists.offsets.assign(layout.buckets + 1, 0);
  int32_t* const counts = lists.offsets.data() + 1;
  eachElement(pool, layout, [=](int64_t e, int64_t bucket, int32_t) { counts[bucket] += row[e] >= 0; });
  std::vector<int32_t> next = accumulate(lists.offsets);
  for (Table* table : {&lists.item, &lists.row}) {
    table->reserve(lists.offsets.back() + planeLanes);  // listTaps reads beyond the end
    table->resize(lists.offsets.back());
  }
  if (isByColumn(layout)) {
    fillColumns(pool, row, layout, lists);
    return lists;
  }
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
  if (isByColumn(layout)) {
    numberColumns(pool, mask, open, layout, fresh);
    return fresh;
  }
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
