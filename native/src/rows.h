#pragma once
#include <cstdint>
#include <memory>
#include <new>
#include <utility>
#include <vector>

namespace agon {

class Pool;

/// Leaves elements unset that resize() adds, for tables that are written whole by several threads.
template <class T>
struct Unset : std::allocator<T> {
  template <class U>
  struct rebind {
    using other = Unset<U>;
  };
  template <class U>
  void construct(U* at) {
    ::new (static_cast<void*>(at)) U;
  }
  template <class U, class... From>
  void construct(U* at, From&&... from) {
    ::new (static_cast<void*>(at)) U(std::forward<From>(from)...);
  }
};
using Table = std::vector<int32_t, Unset<int32_t>>;

/// Which elements of a value need a cotangent; null means none.
using Mask = std::vector<uint8_t>;
using MaskPtr = std::shared_ptr<const Mask>;

/// Where the cotangent of each element is: row[e], or -1 = exactly zero for every label. `distinct`: no two elements share a row.
struct Rows {
  Table row;
  int32_t count = 0;
  bool distinct = false;

  bool operator==(const Rows& other) const {
    return count == other.count && distinct == other.distinct && row == other.row;
  }
};
using RowsPtr = std::shared_ptr<const Rows>;

/// Numbers the elements with key[e] >= 0 in ascending order of their key (then of e), so that neighbours by key become neighbours in memory.
Rows numberByKey(const int32_t* key, size_t size, int32_t keys);
template <class Keys>
Rows numberByKey(const Keys& key, int32_t keys) {
  return numberByKey(key.data(), key.size(), keys);
}

/// Where the lists of rows begin: row[x] has fanIn[x] entries.
std::vector<int32_t> offsetsOf(const Rows& rows, const std::vector<int32_t>& fanIn);

/// A local linear map y -> x as it is read backwards: element e of y comes from elements source[k] of x with factors coefficient[k], where k is e
/// itself, or offsets[e] .. offsets[e+1]-1. Null source: the same element. Null coefficient: 1. source -1: nothing.
struct Links {
  const int32_t* offsets = nullptr;
  const int32_t* source = nullptr;
  const float* coefficient = nullptr;
  /// In place of the others: element e of x is element place[e] of y, and no two are the same.
  const int32_t* place = nullptr;
};

/// How a cotangent is made from another one; found once per input and kept for all chunks of labels.
struct Recipe {
  RowsPtr rows;
  /// Multiplications per label.
  int64_t products = 0;
  virtual ~Recipe() = default;
  virtual int64_t bytes() const { return rows ? 4 * static_cast<int64_t>(rows->row.size()) : 0; }
};

/// The transposed map of Links on the alive rows.
struct PullRecipe : Recipe {
  enum class Mode {
    Move,          // only the table changes
    ScaleInPlace,  // rows are multiplied where they are: factor[row]
    Scale,         // new row i = factor[i] * old row from[i]
    Combine        // new row i = sum over k in offsets[i] .. of factor[k] * old row from[k], in ascending order of the elements of y
  };
  Mode mode = Mode::Move;
  std::vector<int32_t> offsets, from;
  std::vector<float> factor;
  int64_t bytes() const override {
    return Recipe::bytes() + 4 * static_cast<int64_t>(offsets.size() + from.size() + factor.size());
  }
};

/// Builds the recipe for the wanted elements of x. `owned`: the rows of g belong to nobody else. Null rows if nothing reaches x.
std::shared_ptr<PullRecipe> pullRecipe(Pool& pool, const RowsPtr& g, bool owned, const Mask& wanted, const Links& links);

/// The sum of two cotangents of one value.
struct MergeRecipe : Recipe {
  enum class Mode { IntoFirst, IntoSecond, Fresh };
  Mode mode = Mode::Fresh;
};
std::shared_ptr<MergeRecipe> mergeRecipe(const RowsPtr& first, bool ownsFirst, const RowsPtr& second, bool ownsSecond);

}  // namespace agon
