#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <new>

namespace agon {

/// 64-byte aligned floats.
class Buffer {
 public:
  Buffer() = default;
  explicit Buffer(int64_t count);
  Buffer(Buffer&& other) noexcept;
  Buffer& operator=(Buffer&& other) noexcept;
  ~Buffer();
  float* data() const { return data_; }
  int64_t size() const { return size_; }
  /// Says that nobody needs what it holds: the system may take its memory where it wants some, until it is written again. Returns how many bytes that are: 0
  /// where a system knows no such thing.
  int64_t offer() const;

 private:
  float* data_ = nullptr;
  int64_t size_ = 0;
};

/// Memory of vectors that begins at a cache line.
template <class T>
struct AtLine {
  using value_type = T;
  AtLine() = default;
  template <class U>
  AtLine(const AtLine<U>&) {}
  T* allocate(size_t count) { return static_cast<T*>(::operator new(count * sizeof(T), std::align_val_t{64})); }
  void deallocate(T* memory, size_t) { ::operator delete(memory, std::align_val_t{64}); }
  template <class U>
  bool operator==(const AtLine<U>&) const { return true; }
  template <class U>
  bool operator!=(const AtLine<U>&) const { return false; }
};

class Arena;

/// A piece of an arena, given back when the last owner lets go. Offsets and sizes are in floats.
struct Block {
  Arena& arena;
  int64_t offset, size;
  Block(Arena& arena, int64_t size);
  ~Block();
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;
  inline float* data() const;
};

using BlockPtr = std::shared_ptr<Block>;

/// First-fit allocation in an address space that may have no memory behind it: a dry run measures the high-water mark, and a second run of the
/// same requests fits exactly into a buffer of that size.
class Arena {
 public:
  /// The memory behind the addresses, or null for a dry run.
  float* base = nullptr;
  /// Floats behind `base`.
  int64_t capacity = 0;
  int64_t highWater() const { return highWater_; }

 private:
  friend struct Block;
  int64_t take(int64_t size);
  void release(int64_t offset, int64_t size);
  std::map<int64_t, int64_t> free_;  // offset -> size, below top_
  int64_t top_ = 0, highWater_ = 0;
};

float* Block::data() const { return arena.base ? arena.base + offset : nullptr; }

}  // namespace agon
