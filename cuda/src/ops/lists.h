#pragma once
#include "../walk.h"

namespace agon::cuda {

/// How the elements of a value fall into lists: item c of list (position, plane) is element position * byPosition + plane * byPlane + c * byItem. Every
/// element is an item of one list. Lists are numbered position * planes + plane.
struct Layout {
  int32_t positions, planes, items;
  int64_t byPosition, byPlane, byItem;
  AGON_HD int64_t lists() const { return static_cast<int64_t>(positions) * planes; }
  AGON_HD int64_t element(int64_t list, int64_t item) const {
    const auto at = static_cast<int32_t>(list);  // 64-bit division is slow on a GPU
    return at / planes * byPosition + at % planes * byPlane + item * byItem;
  }
};

/// Items by list, ascending: count[list] of them, from item[list * items] on.
struct Lists {
  const int32_t *item, *count;
};

/// Lists with the memory that they lie in.
class ListTable {
 public:
  ListTable() = default;
  /// Lists the items whose byte of the mask is set.
  ListTable(Device& device, const uint8_t* mask, const Layout& layout);
  Lists lists() const { return {items_.data(), counts_.data()}; }
  static int64_t bytes(const Layout& layout) { return 4 * layout.lists() * (static_cast<int64_t>(layout.items) + 1); }

 private:
  Ints items_, counts_;
};

}  // namespace agon::cuda
