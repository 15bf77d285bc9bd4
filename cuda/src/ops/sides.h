#pragma once
#include "../pull.h"

namespace agon::cuda {

/// Which element of an input an element of the output is made from.
struct Source {
  const int32_t* map = nullptr;  // null: the same element
  AGON_HD int64_t operator()(int64_t e) const { return map == nullptr ? e : map[e]; }
};

/// The table of one input of an elementwise operation, forwards and backwards.
struct Side {
  Ints map;  // none: the same element
  LinkTable table;
  Source source() const { return {map.data()}; }
  bool isSame() const { return !map; }
};

/// Reads table `input` of an instruction whose inputs are all broadcast.
inline Side readSide(const Making& making, size_t input) {
  const Maker& maker = making.maker;
  maker.keepConstant(input);
  const std::vector<int32_t> map = maker.tableOrIdentity(input, maker.outputSize(), maker.inputSize(input));
  if (map.empty()) return {};
  if (maker.isConstant(input)) return {Ints(making.device, map), {}};  // takes no cotangent
  return {Ints(making.device, map), LinkTable(making.device, map, maker.inputSize(input))};
}

/// How cotangents of the output's elements reach one input.
struct Reach {
  const uint8_t* wanted = nullptr;  // of the input; null: none of it
  Source source;
  const float* slope = nullptr;  // [size, examples], 0 where the input is not wanted; null: nowhere 0
  AGON_HD bool at(int64_t e, int32_t examples) const {
    if (wanted == nullptr || !wanted[source(e)]) return false;
    if (slope == nullptr) return true;
    for (int32_t n = 0; n < examples; n++)
      if (slope[e * examples + n] != 0) return true;
    return false;
  }
};

/// Elements of the output whose cotangents reach an input.
struct ReachAny {
  Reach a, b;
  uint8_t* y;
  int32_t examples;
  AGON_HD void operator()(int64_t e) const { y[e] = a.at(e, examples) || b.at(e, examples); }
};

inline void wantReached(Frame& frame, int32_t y, const Reach& a, const Reach& b) {
  auto mask = frame.mask(y);
  frame.device.each(frame.size(y), ReachAny{a, b, mask->data(), frame.examples});
  frame.wanted[y] = std::move(mask);
}

}  // namespace agon::cuda
