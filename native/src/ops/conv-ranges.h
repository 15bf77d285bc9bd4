#pragma once
#include "conv.h"

namespace agon {

/// As many terms to a stretch as keep their rows and scalars in the first cache while all outputs take them.
constexpr int64_t stretchTerms = 192;

/// Terms of a sum in a batch: taps fromTap .. toTap-1 and, of them, channels from .. to-1.
struct Range {
  int64_t fromTap, toTap, from, to;
};

/// Cuts taps x channels, in ascending order, into ranges of at most stretchTerms.
inline std::vector<Range> rangesOf(int64_t taps, int64_t channels) {
  std::vector<Range> ranges;
  const int64_t tapsEach = std::max<int64_t>(1, stretchTerms / channels), parts = (channels + stretchTerms - 1) / stretchTerms;
  for (int64_t tap = 0; tap < taps; tap += tapsEach)
    for (int64_t part = 0; part < parts; part++)
      ranges.push_back({tap, std::min(taps, tap + tapsEach), channels * part / parts, channels * (part + 1) / parts});
  return ranges;
}

/// The part of ascending channels that belongs to a range.
inline std::pair<const int32_t*, const int32_t*> within(const int32_t* begin, const int32_t* end, const Range& range, int64_t channels) {
  return {range.from == 0 ? begin : std::lower_bound(begin, end, static_cast<int32_t>(range.from)),
          range.to == channels ? end : std::lower_bound(begin, end, static_cast<int32_t>(range.to))};
}

/// The terms of one stretch.
struct StretchTerms {
  int32_t row[stretchTerms], scalar[stretchTerms];
  int64_t count = 0;

  /// Adds `more` terms: rows firstRow + row[i] (null: item[i]), with scalars at firstScalar + item[i] * width.
  void add(const int32_t* item, const int32_t* rows, int64_t more, int64_t firstRow, int64_t width, int64_t firstScalar) {
    const int32_t* const from = rows ? rows : item;
    for (int64_t i = 0; i < more; i++) row[count + i] = static_cast<int32_t>(firstRow) + from[i];
    for (int64_t i = 0; i < more; i++) scalar[count + i] = static_cast<int32_t>(firstScalar) + item[i] * static_cast<int32_t>(width);
    count += more;
  }
};

}  // namespace agon
