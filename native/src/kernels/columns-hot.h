// Included by hot.h, once per instruction set: lists of the columns of a table, line by line, without a branch per entry. An entry is written whether it
// stays or not: the next one of its column takes its place then.

namespace agon {
namespace AGON_ISA {
namespace {

typedef uint8_t Bytes __attribute__((vector_size(AGON_WIDTH)));
typedef uint8_t UnalignedBytes __attribute__((vector_size(AGON_WIDTH), aligned(1), may_alias));

constexpr int columnVectors = columnsTogether / AGON_WIDTH;

inline Ints loadInts(const int32_t* from) { return *reinterpret_cast<const UnalignedInts*>(from); }
inline void storeInts(int32_t* to, Ints value) { *reinterpret_cast<UnalignedInts*>(to) = value; }
inline Ints loadBytes(const uint8_t* from) {
  const Bytes bytes = *reinterpret_cast<const UnalignedBytes*>(from);
  return __builtin_convertvector(bytes, Ints);
}

/// Where the lists begin.
inline void openLists(int64_t most, Ints (&at)[columnVectors]) {
  for (int i = 0; i < columnsTogether; i++) at[i / AGON_WIDTH][i % AGON_WIDTH] = static_cast<int32_t>(i * most);
}

void closeLists(const ColumnLists& to, const Ints (&at)[columnVectors]) {
  for (int i = 0; i < columnsTogether; i++) to.count[i] = at[i / AGON_WIDTH][i % AGON_WIDTH] - static_cast<int32_t>(i * to.most);
}

void listColumns(const int32_t* row, int64_t step, const ColumnLists& to) {
  Ints at[columnVectors];
  openLists(to.most, at);
  for (int64_t b = 0; b < to.lines; b++) {
    const int32_t item = to.item[b], *const line = row + b * step;
    alignas(64) int32_t place[columnsTogether];
#pragma GCC unroll 4
    for (int v = 0; v < columnVectors; v++) {
      storeInts(place + v * AGON_WIDTH, at[v]);
      at[v] -= loadInts(line + v * AGON_WIDTH) >= Ints{};  // true is -1
    }
#pragma GCC unroll 16
    for (int i = 0; i < columnsTogether; i++) {
      to.items[place[i]] = item;
      to.rows[place[i]] = line[i];
    }
  }
  closeLists(to, at);
}

void numberColumns(const uint8_t* mask, const uint8_t* open, const int32_t* first, int32_t* row, int64_t step, const ColumnLists& to) {
  Ints at[columnVectors], shift[columnVectors], isOpen[columnVectors];
  openLists(to.most, at);
#pragma GCC unroll 4
  for (int v = 0; v < columnVectors; v++) {
    shift[v] = loadInts(first + v * AGON_WIDTH) - at[v];
    isOpen[v] = loadBytes(open + v * AGON_WIDTH);
  }
  for (int64_t b = 0; b < to.lines; b++) {
    const int32_t item = to.item[b];
    alignas(64) int32_t place[columnsTogether];
#pragma GCC unroll 4
    for (int v = 0; v < columnVectors; v++) {
      const Ints stays = (loadBytes(mask + b * step + v * AGON_WIDTH) & isOpen[v]) > 0;
      storeInts(place + v * AGON_WIDTH, at[v]);
      storeInts(row + b * step + v * AGON_WIDTH, ((at[v] + shift[v]) & stays) | ~stays);
      at[v] -= stays;
    }
#pragma GCC unroll 16
    for (int i = 0; i < columnsTogether; i++) to.items[place[i]] = item;
  }
  closeLists(to, at);
}

}  // namespace
}  // namespace AGON_ISA
}  // namespace agon
