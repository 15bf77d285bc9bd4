#pragma once
#include <algorithm>

#include "../pull.h"
#include "step.h"

/// Sums over the slices of a parameter (positions of a convolution, rows of a matrix product, elements that share one number) times the examples of a
/// frame. Each sum is cut into parts whose number and length come from the shapes alone, and the parts are added in order.
namespace agon::cuda {

/// Cotangents, or contents, by element and example; an element that is not alive holds nothing.
struct Rows {
  View of;
  const uint8_t* alive = nullptr;  // null: every element
  AGON_HD float at(int64_t e, int32_t n) const { return alive == nullptr || alive[e] ? of.at(e, n) : 0.0f; }
};

inline Rows cotangentsOf(const Walk& walk, int32_t value) { return {{walk.rows(value), walk.lanes.count()}, walk.alive(value)}; }

/// Terms of a sum, side by side in [slice][example].
struct Parts {
  int64_t count, length;
};

/// For sums of at most `terms` terms, where one part of all of them takes so many blocks.
inline Parts partsOf(int64_t terms, int64_t blocks) {
  constexpr int64_t mostBlocks = 512, fewestTerms = 256, step = 32;
  const int64_t wanted = std::max<int64_t>(1, std::min((mostBlocks + blocks - 1) / blocks, terms / fewestTerms));
  const int64_t length = std::max<int64_t>(step, ((terms + wanted - 1) / wanted + step - 1) / step * step);
  return {std::max<int64_t>(1, (terms + length - 1) / length), length};
}

/// Which slice and example a thread is at, when it goes on by a fixed number of terms.
struct Stride {
  int64_t slices;
  int32_t lanes;
  AGON_HD Stride(int32_t terms, int32_t examples) : slices(terms / examples), lanes(terms % examples) {}
  AGON_HD void move(int64_t& slice, int32_t& n, int32_t examples) const {
    slice += slices;
    n += lanes;
    if (n >= examples) {
      n -= examples;
      slice++;
    }
  }
};

/// Where sum i of `columns` x `rows` x many goes.
struct Spread {
  int64_t rows, columns, size, row, column;
  AGON_HD int64_t operator()(int64_t i) const {
    const int64_t line = i / columns, matrix = line / rows;
    return matrix * size + (line - matrix * rows) * row + (i - line * columns) * column;
  }
};

struct AddParts {
  const float* parts;  // [count][sums]
  int64_t sums, count;
  float scale;
  Spread to;
  float* out;
  AGON_HD void operator()(int64_t i) const {
    float sum = 0;
    for (int64_t p = 0; p < count; p++) sum += parts[p * sums + i];
    out[to(i)] += scale * sum;
  }
};

/// Part y of 8 sums, each of which a warp makes: lane l takes the terms l, l + 32, ..., and the lanes are added halves first.
/// Terms has: from(sum), what its terms share; slices(from); at(from, slice, example).
template <class Terms>
struct SumTerms {
  static constexpr int threads = elementThreads, sumsPerBlock = threads / warpThreads;
  struct Shared {
    float of[sumsPerBlock][warpThreads];
  };
  Terms terms;
  int64_t sums, length;
  int32_t examples;
  float* to;  // [part][sum]

  AGON_HD float sumOf(int64_t which, int64_t part, int lane) const {
    const auto from = terms.from(which);
    const int64_t all = terms.slices(from) * examples;
    const int64_t end = (part + 1) * length < all ? (part + 1) * length : all;
    int64_t at = part * length + lane, slice = at / examples;
    auto n = static_cast<int32_t>(at % examples);
    const Stride stride(warpThreads, examples);
    float sum = 0;
    for (; at < end; at += warpThreads) {
      sum += terms.at(from, slice, n);
      stride.move(slice, n, examples);
    }
    return sum;
  }

  AGON_HD void operator()(Block<threads> block, Shared& shared) const {
    block.each([&](int thread) {
      const int64_t which = block.x * sumsPerBlock + thread / warpThreads;
      shared.of[thread / warpThreads][thread % warpThreads] = which < sums ? sumOf(which, block.y, thread % warpThreads) : 0.0f;
    });
    for (int half = warpThreads / 2; half > 0; half /= 2) {
      block.each([&](int thread) {
        float* row = shared.of[thread / warpThreads];
        const int lane = thread % warpThreads;
        if (lane < half) row[lane] += row[lane + half];
      });
    }
    block.each([&](int thread) {
      const int64_t which = block.x * sumsPerBlock + thread;
      if (thread < sumsPerBlock && which < sums) to[block.y * sums + which] = shared.of[thread][0];
    });
  }
};

/// out[to(i)] += scale * sum i, of at most mostSlices slices each.
template <class Terms>
void addSums(Frame& frame, const Terms& terms, int64_t sums, int64_t mostSlices, float scale, const Spread& to, float* out) {
  const int64_t blocks = (sums + SumTerms<Terms>::sumsPerBlock - 1) / SumTerms<Terms>::sumsPerBlock;
  const Parts parts = partsOf(mostSlices * frame.examples, blocks);
  const Floats made(frame.device, parts.count * sums);
  frame.device.blocks({blocks, parts.count, 1}, SumTerms<Terms>{terms, sums, parts.length, frame.examples, made.data()});
  frame.device.each(sums, AddParts{made.data(), sums, parts.count, scale, to, out});
}

/// Sums over the elements of a value that go to each element of another one, times a slope.
template <class Slope>
struct LinkedTerms {
  Links links;
  Rows y;
  Slope slope;
  struct From {
    int64_t element;
    int32_t first, count;
  };
  AGON_HD From from(int64_t e) const {
    if (links.offsets == nullptr) return {e, 0, 1};
    return {e, links.offsets[e], links.offsets[e + 1] - links.offsets[e]};
  }
  AGON_HD int64_t slices(const From& from) const { return from.count; }
  AGON_HD float at(const From& from, int64_t slice, int32_t n) const {
    const int64_t e = links.offsets == nullptr ? from.element : links.to[from.first + slice];
    return y.alive[e] ? y.of.at(e, n) * slope(e, n) : 0.0f;
  }
};

/// The map of a value's elements to those of a parameter, seen from the parameter; empty: the same element.
struct Spreading {
  LinkTable table;
  int64_t size = 0, most = 1;
  Spreading() = default;
  Spreading(Device& device, const std::vector<int32_t>& map, int64_t size);

  /// out[e] += scale * sum over the elements of y that e goes to.
  template <class Slope>
  void add(const Walk& walk, int32_t y, const Slope& slope, float scale, float* out) const {
    addSums(walk.frame, LinkedTerms<Slope>{table.links(), cotangentsOf(walk, y), slope}, size, most, scale, Spread{1, size, size, size, 1}, out);
  }
};

struct SlopeOne {
  AGON_HD float operator()(int64_t, int32_t) const { return 1.0f; }
};

}  // namespace agon::cuda
