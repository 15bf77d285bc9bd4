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

/// The buckets are the last axis, and all elements of a bucket lie one such axis apart.
bool isByColumn(const Layout& l) { return l.extent[0] == 1 && l.bucket[1] == 0 && l.bucket[2] == 1 && l.item[2] == 0; }

int32_t itemOf(const Layout& l, int64_t b) { return l.items ? l.items[b] : static_cast<int32_t>(b * l.item[1]); }

std::vector<int32_t> itemsOf(const Layout& l) {
  std::vector<int32_t> items(l.extent[1]);
  for (int64_t b = 0; b < l.extent[1]; b++) items[b] = itemOf(l, b);
  return items;
}

/// Lists of columnsTogether neighbouring buckets while they are made.
class Columns {
 public:
  explicit Columns(const Layout& l) : l_(l), item_(itemsOf(l)), most_(l.extent[1] + 1), items_(columnsTogether * most_), rows_(columnsTogether * most_) {}
  void list(const Kernels& kernels, const int32_t* row, int64_t from, int64_t count) {
    if (count == columnsTogether) return kernels.listColumns(row + from, l_.extent[2], lists());
    std::fill_n(count_, count, 0);
    for (int64_t b = 0; b < l_.extent[1]; b++)
      for (int64_t i = 0; i < count; i++)
        if (row[b * l_.extent[2] + from + i] >= 0) add(i, item_[b], row[b * l_.extent[2] + from + i]);
  }
  void number(const Kernels& kernels, const uint8_t* mask, const uint8_t* open, const int32_t* first, int32_t* row, int64_t from, int64_t count) {
    if (count == columnsTogether) return kernels.numberColumns(mask + from, open + from, first + from, row + from, l_.extent[2], lists());
    std::fill_n(count_, count, 0);
    for (int64_t b = 0; b < l_.extent[1]; b++)
      for (int64_t i = 0; i < count; i++) {
        const int64_t e = b * l_.extent[2] + from + i;
        row[e] = mask[e] & open[from + i] ? first[from + i] + count_[i] : -1;
        if (row[e] >= 0) add(i, item_[b], row[e]);
      }
  }
  int32_t count(int64_t i) const { return count_[i]; }
  const int32_t* items(int64_t i) const { return items_.data() + i * most_; }
  const int32_t* rows(int64_t i) const { return rows_.data() + i * most_; }

 private:
  ColumnLists lists() { return {item_.data(), l_.extent[1], most_, items_.data(), rows_.data(), count_}; }
  void add(int64_t i, int32_t item, int32_t row) {
    items_[i * most_ + count_[i]] = item;
    rows_[i * most_ + count_[i]++] = row;
  }

  const Layout& l_;
  const std::vector<int32_t> item_;
  const int64_t most_;
  Table items_, rows_;
  int32_t count_[columnsTogether];
};

/// Calls use(columns, from, count) for neighbouring buckets from, from + 1, ..., of a layout by column.
template <class Use>
void eachColumns(Pool& pool, const Layout& l, Use use) {
  const int64_t blocks = (l.extent[2] + columnsTogether - 1) / columnsTogether;
  pool.each(blocks, std::max<int64_t>(1, grain / (columnsTogether * l.extent[1])), [&](int64_t begin, int64_t end) {
    Columns lists(l);
    for (int64_t b = begin; b < end; b++) use(lists, b * columnsTogether, std::min<int64_t>(columnsTogether, l.extent[2] - b * columnsTogether));
  });
}

/// offsets[b + 1] = count of bucket b -> where the buckets begin.
std::vector<int32_t> accumulate(std::vector<int32_t>& offsets) {
  for (size_t b = 1; b < offsets.size(); b++) offsets[b] += offsets[b - 1];
  return {offsets.begin(), offsets.end() - 1};
}

void fillColumns(const Frame& frame, const int32_t* row, const Layout& l, AliveLists& lists) {
  eachColumns(frame.pool, l, [&, items = lists.item.data(), rows = lists.row.data()](Columns& made, int64_t from, int64_t count) {
    made.list(frame.kernels, row, from, count);
    for (int64_t i = 0; i < count; i++) {
      std::copy_n(made.items(i), made.count(i), items + lists.offsets[from + i]);
      std::copy_n(made.rows(i), made.count(i), rows + lists.offsets[from + i]);
    }
  });
}

void numberColumns(const Frame& frame, const uint8_t* mask, const uint8_t* open, const Layout& l, FreshRows& fresh) {
  eachColumns(frame.pool, l, [&, items = fresh.lists.item.data(), row = fresh.rows->row.data(), first = fresh.lists.offsets.data()](Columns& made, int64_t from, int64_t count) {
    made.number(frame.kernels, mask, open, first, row, from, count);
    for (int64_t i = 0; i < count; i++) std::copy_n(made.items(i), made.count(i), items + first[from + i]);
  });
}

}  // namespace

AliveLists listAlive(const Frame& frame, const Rows& rows, const Layout& layout) {
  AliveLists lists;
  const int32_t* const row = rows.row.data();
  lists.offsets.assign(layout.buckets + 1, 0);
  int32_t* const counts = lists.offsets.data() + 1;
  eachElement(frame.pool, layout, [=](int64_t e, int64_t bucket, int32_t) { counts[bucket] += row[e] >= 0; });
  std::vector<int32_t> next = accumulate(lists.offsets);
  for (Table* table : {&lists.item, &lists.row}) {
    table->reserve(lists.offsets.back() + planeLanes);  // listTaps reads beyond the end
    table->resize(lists.offsets.back());
  }
  if (isByColumn(layout)) {
    fillColumns(frame, row, layout, lists);
    return lists;
  }
  int32_t *const items = lists.item.data(), *const listed = lists.row.data(), *const at = next.data();
  eachElement(frame.pool, layout, [=](int64_t e, int64_t bucket, int32_t item) {
    if (row[e] < 0) return;
    const int32_t k = at[bucket]++;
    items[k] = item;
    listed[k] = row[e];
  });
  return lists;
}

void reachHeld(const Frame& frame, const Rows& held, const Mask& wanted, const Layout& layout, std::vector<uint8_t>& reached) {
  std::vector<int32_t> holds(layout.buckets, 0), wants(layout.buckets, 0);
  eachElement(frame.pool, layout, [to = holds.data(), row = held.row.data()](int64_t e, int64_t bucket, int32_t) { to[bucket] += row[e] >= 0; });
  eachElement(frame.pool, layout, [to = wants.data(), mask = wanted.data()](int64_t e, int64_t bucket, int32_t) { to[bucket] += mask[e]; });
  int64_t taken = 0, made = 0;
  for (int64_t b = 0; b < layout.buckets; b++) {
    if (reached[b] || holds[b] == 0) continue;
    taken += holds[b];
    made += wants[b];
  }
  if (2 * taken < made) return;
  for (int64_t b = 0; b < layout.buckets; b++) reached[b] |= holds[b] > 0;
}

FreshRows listFresh(const Frame& frame, const Mask& wanted, const Layout& layout, const std::vector<uint8_t>& reached) {
  FreshRows fresh;
  const uint8_t *const mask = wanted.data(), *const open = reached.data();
  fresh.lists.offsets.assign(layout.buckets + 1, 0);
  int32_t* const counts = fresh.lists.offsets.data() + 1;
  eachElement(frame.pool, layout, [=](int64_t e, int64_t bucket, int32_t) { counts[bucket] += mask[e] & open[bucket]; });
  std::vector<int32_t> next = accumulate(fresh.lists.offsets);
  if (fresh.lists.offsets.back() == 0) return fresh;
  fresh.rows = std::make_shared<Rows>();
  fresh.rows->count = fresh.lists.offsets.back();
  fresh.rows->distinct = true;
  fresh.rows->row.resize(wanted.size());
  fresh.lists.item.resize(fresh.rows->count);
  int32_t *const items = fresh.lists.item.data(), *const row = fresh.rows->row.data(), *const at = next.data();
  if (isByColumn(layout)) {
    numberColumns(frame, mask, open, layout, fresh);
    return fresh;
  }
  eachElement(frame.pool, layout, [=](int64_t e, int64_t bucket, int32_t item) {
    row[e] = -1;
    if (!(mask[e] & open[bucket])) return;
    const int32_t k = at[bucket]++;
    items[k] = item;
    row[e] = k;
  });
  return fresh;
}

}  // namespace agon
