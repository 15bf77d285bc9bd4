#include "arena.h"

#include <agon/error.h>
#include <agon/pages.h>

#include <cstdlib>
#include <new>
#include <utility>

namespace agon {

Buffer::Buffer(int64_t count) : size_(count) {
  if (count == 0) return;
  const size_t wanted = static_cast<size_t>(count) * sizeof(float);
  const size_t unit = wanted < hugePage ? 64 : hugePage;
  const size_t bytes = (wanted + unit - 1) / unit * unit;
  data_ = static_cast<float*>(std::aligned_alloc(unit, bytes));
  if (!data_) throw std::bad_alloc();
  // Rows are read all over a block.
  wantHugePages(data_, bytes);
}

int64_t Buffer::offer() const {
#ifdef MADV_FREE
  const size_t bytes = static_cast<size_t>(size_) * sizeof(float) / hugePage * hugePage;
  if (bytes > 0 && madvise(data_, bytes, MADV_FREE) == 0) return static_cast<int64_t>(bytes);
#endif
  return 0;
}

Buffer::Buffer(Buffer&& other) noexcept : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

Buffer& Buffer::operator=(Buffer&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

Buffer::~Buffer() { std::free(data_); }

Block::Block(Arena& arena, int64_t size) : arena(arena), offset(arena.take(size)), size(size) {}
Block::~Block() { arena.release(offset, size); }

int64_t Arena::take(int64_t size) {
  for (auto gap = free_.begin(); gap != free_.end(); ++gap) {
    if (gap->second < size) continue;
    const auto [offset, length] = *gap;
    free_.erase(gap);
    if (length > size) free_[offset + size] = length - size;
    return offset;
  }
  int64_t offset = top_;
  if (!free_.empty() && std::prev(free_.end())->first + std::prev(free_.end())->second == top_) {
    offset = std::prev(free_.end())->first;
    free_.erase(std::prev(free_.end()));
  }
  if (base && offset + size > capacity) throw Error("AGON_INTERNAL", "arena: a walk needs more than its dry run");
  top_ = offset + size;
  if (top_ > highWater_) highWater_ = top_;
  return offset;
}

void Arena::release(int64_t offset, int64_t size) {
  if (size == 0) return;
  auto next = free_.lower_bound(offset);
  if (next != free_.end() && offset + size == next->first) {
    size += next->second;
    next = free_.erase(next);
  }
  if (next != free_.begin()) {
    const auto before = std::prev(next);
    if (before->first + before->second == offset) {
      before->second += size;
      return;
    }
  }
  free_[offset] = size;
}

}  // namespace agon
