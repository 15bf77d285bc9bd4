#include "arena.h"

#include <agon/error.h>

#include <cstdlib>
#include <new>
#include <utility>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace agon {

namespace {

constexpr size_t hugePage = size_t{2} << 20;

}  // namespace

Buffer::Buffer(int64_t count) : size_(count) {
  if (count == 0) return;
  const size_t bytes = (static_cast<size_t>(count) * sizeof(float) + 63) / 64 * 64;
  const bool isLarge = bytes >= 2 * hugePage;
  data_ = static_cast<float*>(std::aligned_alloc(isLarge ? hugePage : 64, isLarge ? (bytes + hugePage - 1) / hugePage * hugePage : bytes));
  if (!data_) throw std::bad_alloc();
#ifdef __linux__
  if (isLarge) madvise(data_, bytes, MADV_HUGEPAGE);  // a hint: rows of one position lie pages apart
#endif
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
float* Block::data() const { return arena.base ? arena.base + offset : nullptr; }

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
