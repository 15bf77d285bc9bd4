// Sums of rows by tiles of bfloat16 (AMX); see bricks.h. Compiled for AVX-512 and AMX: includes nothing with inline functions of the standard library.
#include <immintrin.h>

#include "bricks.h"

namespace agon {
namespace amx {
namespace {

constexpr int brickBytes = 1024, rowBytes = 64;
constexpr int64_t parts = 3, partedBytes = parts * brickBytes;
/// Bricks of terms that are taken together, so that those of all sets stay in the second cache.
constexpr int64_t steps = 4;
constexpr int64_t stepTerms = BrickKernels::termsOfBrick, chunkTerms = steps * stepTerms;
constexpr int64_t sumsOfBrick = BrickKernels::sumsOfBrick;

/// A kilobyte of 16 rows in each of the eight tile registers.
struct alignas(64) Shapes {
  uint8_t palette = 1, start = 0, reserved[14] = {};
  uint16_t bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
  uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
};

/// What mix() keeps: the parts of all rows of a chunk as [set and plane][step][part], and the sums of last bricks that are not whole.
struct Scratch {
  char rows[BrickKernels::setsTogether * mostPlanes][steps][partedBytes];
  float sums[2][2 * sumsOfBrick * planeLanes];
};

typedef uint32_t Words __attribute__((vector_size(64)));

/// The nearest bfloat16, the farther one of two, in the upper half of every lane.
inline Words nearest(__m512 value) { return (reinterpret_cast<Words>(value) + 0x8000u) & 0xffff0000u; }

/// The three parts of x and y, of every lane side by side: x in the lower half of a word. Bricks lie brickBytes apart.
inline void split(__m512 x, __m512 y, char* to) {
  for (int part = 0; part < parts; part++) {
    const Words ofX = nearest(x), ofY = nearest(y);
    *reinterpret_cast<Words*>(to + part * brickBytes) = ofX >> 16 | ofY;
    x -= reinterpret_cast<__m512>(ofX);
    y -= reinterpret_cast<__m512>(ofY);
  }
}

/// The lanes that are there of 16 from `first` on.
inline __mmask16 lanesOf(int64_t first, int64_t count) {
  const int64_t left = count - first;
  return static_cast<__mmask16>(left >= 16 ? 0xffff : left <= 0 ? 0 : (1 << left) - 1);
}

/// A brick has terms t and t + 16 side by side, as split() leaves them: [sum][16 pairs], or [16 pairs][lane].
void pack(const BrickScalars& of, int64_t brick, float* to) {
  const int64_t first = brick * sumsOfBrick, height = of.sums - first < sumsOfBrick ? of.sums - first : sumsOfBrick;
  char* out = reinterpret_cast<char*>(to);
  for (int64_t from = 0; from < of.terms; from += stepTerms, out += partedBytes) {
    const __mmask16 low = lanesOf(from, of.terms), high = lanesOf(from + 16, of.terms);
    const __m512i lowAt = _mm512_maskz_loadu_epi32(low, of.scalar + from), highAt = _mm512_maskz_loadu_epi32(high, of.scalar + from + 16);
    for (int64_t i = 0; i < sumsOfBrick; i++) {
      if (i >= height) {
        split(_mm512_setzero_ps(), _mm512_setzero_ps(), out + i * rowBytes);
        continue;
      }
      const float* const scalars = of.scalars + of.at[first + i];
      split(_mm512_mask_i32gather_ps(_mm512_setzero_ps(), low, lowAt, scalars, 4), _mm512_mask_i32gather_ps(_mm512_setzero_ps(), high, highAt, scalars, 4),
            out + i * rowBytes);
    }
  }
}

/// Rows of terms from .. from + count - 1.
void packRows(char (*to)[steps][partedBytes], const float* rows, const int32_t* place, int64_t count, const Planes& planes) {
  for (int64_t step = 0; step * stepTerms < count; step++) {
    for (int64_t i = 0; i < 16; i++) {
      const int64_t low = step * stepTerms + i, high = low + 16;
      for (int p = 0; p < planes.count; p++) {
        const float* const plane = rows + p * planes.in;
        split(low < count ? _mm512_load_ps(plane + static_cast<int64_t>(place[low]) * planeLanes) : _mm512_setzero_ps(),
              high < count ? _mm512_load_ps(plane + static_cast<int64_t>(place[high]) * planeLanes) : _mm512_setzero_ps(), to[p][step] + i * rowBytes);
      }
    }
  }
}

/// Bricks of sums that are made side by side: one or two of scalars (registers 4, 5) times one or two of rows (6, 7) into registers 0 to 3.
struct Block {
  const char* scalars[2];
  const char* rows[2];
  float* sums[2];
  int64_t steps;
  bool goesOn;
};

template <bool twoSums, bool twoRows>
inline void multiply() {
  _tile_dpbf16ps(0, 4, 6);
  if (twoRows) _tile_dpbf16ps(1, 4, 7);
  if (twoSums) _tile_dpbf16ps(2, 5, 6);
  if (twoSums && twoRows) _tile_dpbf16ps(3, 5, 7);
}

template <bool two, int part>
inline void loadScalars(const Block& of, int64_t step) {
  _tile_loadd(4, of.scalars[0] + step * partedBytes + part * brickBytes, rowBytes);
  if (two) _tile_loadd(5, of.scalars[1] + step * partedBytes + part * brickBytes, rowBytes);
}

template <bool two, int part>
inline void loadRows(const Block& of, int64_t step) {
  _tile_loadd(6, of.rows[0] + step * partedBytes + part * brickBytes, rowBytes);
  if (two) _tile_loadd(7, of.rows[1] + step * partedBytes + part * brickBytes, rowBytes);
}

template <bool twoSums, bool twoRows>
void run(const Block& of) {
  constexpr int64_t brickFloats = sumsOfBrick * planeLanes;
  float *const a = of.sums[0], *const b = of.sums[1];
  if (of.goesOn) {
    _tile_loadd(0, a, rowBytes);
    if (twoRows) _tile_loadd(1, b, rowBytes);
    if (twoSums) _tile_loadd(2, a + brickFloats, rowBytes);
    if (twoSums && twoRows) _tile_loadd(3, b + brickFloats, rowBytes);
  } else {
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
  }
  for (int64_t step = 0; step < of.steps; step++) {  // a2 b0, a1 b0, a1 b1, a0 b1, a0 b2, a0 b0
    loadScalars<twoSums, 2>(of, step);
    loadRows<twoRows, 0>(of, step);
    multiply<twoSums, twoRows>();
    loadScalars<twoSums, 1>(of, step);
    multiply<twoSums, twoRows>();
    loadRows<twoRows, 1>(of, step);
    multiply<twoSums, twoRows>();
    loadScalars<twoSums, 0>(of, step);
    multiply<twoSums, twoRows>();
    loadRows<twoRows, 2>(of, step);
    multiply<twoSums, twoRows>();
    loadRows<twoRows, 0>(of, step);
    multiply<twoSums, twoRows>();
  }
  _tile_stored(0, a, rowBytes);
  if (twoRows) _tile_stored(1, b, rowBytes);
  if (twoSums) _tile_stored(2, a + brickFloats, rowBytes);
  if (twoSums && twoRows) _tile_stored(3, b + brickFloats, rowBytes);
}

void runOf(const Block& of, bool twoSums, bool twoRows) {
  if (twoSums) twoRows ? run<true, true>(of) : run<true, false>(of);
  else twoRows ? run<false, true>(of) : run<false, false>(of);
}

void copyRows(float* to, const float* from, int64_t rows) {
  for (int64_t i = 0; i < rows * planeLanes; i += 16) _mm512_store_ps(to + i, _mm512_load_ps(from + i));
}

void mix(const float* packed, const BrickScalars& of, const float* rows, const BrickRows* sets, int64_t count, const Planes& planes, float* scratch) {
  Scratch& kept = *reinterpret_cast<Scratch*>(scratch);
  const Shapes shapes;
  _tile_loadconfig(&shapes);
  const int64_t brickSteps = (of.terms + stepTerms - 1) / stepTerms, columns = count * planes.count;
  for (int64_t from = 0; from < of.terms; from += chunkTerms) {
    const int64_t terms = of.terms - from < chunkTerms ? of.terms - from : chunkTerms;
    for (int64_t s = 0; s < count; s++) packRows(kept.rows + s * planes.count, rows, sets[s].place + from, terms, planes);
    Block block = {{}, {}, {}, (terms + stepTerms - 1) / stepTerms, planes.goesOn || from > 0};
    for (int64_t first = 0; first < of.sums; first += 2 * sumsOfBrick) {
      const int64_t height = of.sums - first < 2 * sumsOfBrick ? of.sums - first : 2 * sumsOfBrick;
      const bool two = height > sumsOfBrick, isWhole = height % sumsOfBrick == 0;
      block.scalars[0] = reinterpret_cast<const char*>(packed) + (first / sumsOfBrick * brickSteps + from / stepTerms) * partedBytes;
      block.scalars[1] = block.scalars[0] + brickSteps * partedBytes;
      for (int64_t column = 0; column < columns; column += 2) {
        const int64_t wide = columns - column < 2 ? 1 : 2;
        float* out[2];
        for (int64_t i = 0; i < wide; i++) {
          const int64_t c = column + i;
          out[i] = sets[c / planes.count].sums + first * planeLanes + c % planes.count * planes.out;
          block.rows[i] = kept.rows[c][0];
          block.sums[i] = isWhole ? out[i] : kept.sums[i];
          if (!isWhole && block.goesOn) copyRows(block.sums[i], out[i], height);
        }
        runOf(block, two, wide == 2);
        for (int64_t i = 0; i < wide && !isWhole; i++) copyRows(out[i], block.sums[i], height);
      }
    }
  }
  _tile_release();
}

}  // namespace

const Kernels& table() {
  static const BrickKernels bricks = {(static_cast<int64_t>(sizeof(Scratch)) + 3) / 4, pack, mix};
  static const Kernels all = [] {
    Kernels kernels = avx512::table;
    kernels.name = "amx";
    kernels.bricks = &bricks;
    return kernels;
  }();
  return all;
}

}  // namespace amx
}  // namespace agon
