#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "../operation.h"

namespace agon {

/// How the elements [a][b][c] of a value fall into buckets: an element's bucket, and which item of the bucket it is, are sums of its indices times
/// strides. Items of a bucket ascend with the element. At least one axis with more than one index must change the bucket, or there is one bucket.
struct Layout {
  int64_t extent[3];
  int64_t bucket[3];
  int64_t item[3];
  int64_t buckets;
  /// If given: the item by b.
  const int32_t* items = nullptr;
};

/// Items listed by bucket: those of bucket b are offsets[b] .. offsets[b+1]-1.
struct Lists {
  std::vector<int32_t> offsets;
  Table item;
  int64_t bytes() const { return 4 * static_cast<int64_t>(offsets.size() + item.size()); }
  int64_t count(int64_t bucket) const { return offsets[bucket + 1] - offsets[bucket]; }
};

/// The alive elements of a cotangent by bucket, with the row of each.
struct AliveLists : Lists {
  Table row;
  int64_t bytes() const { return Lists::bytes() + 4 * static_cast<int64_t>(row.size()); }
};

AliveLists listAlive(const Frame& frame, const Rows& rows, const Layout& layout);

/// Fresh rows for the wanted elements in reached buckets, numbered in the order of the list: entry k of the list has row k.
struct FreshRows {
  std::shared_ptr<Rows> rows;  // null if there are none
  Lists lists;
};

/// Reaches the buckets of rows that are held already too, for fresh rows to take them up without a merge, if at least half of what is wanted there is held.
void reachHeld(const Frame& frame, const Rows& held, const Mask& wanted, const Layout& layout, std::vector<uint8_t>& reached);

FreshRows listFresh(const Frame& frame, const Mask& wanted, const Layout& layout, const std::vector<uint8_t>& reached);

}  // namespace agon
