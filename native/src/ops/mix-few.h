#pragma once
#include "mix.h"

namespace agon {

/// Whether the outputs of every bucket are whole panels: 16 neighbouring items, from a multiple of 16 on.
inline bool hasWholePanels(const Lists& wanted) {
  for (size_t b = 0; b + 1 < wanted.offsets.size(); b++) {
    const int32_t first = wanted.offsets[b], last = wanted.offsets[b + 1];
    if ((last - first) % planeLanes != 0) return false;
    for (int32_t i = first; i < last; i += planeLanes)
      if (wanted.item[i] % planeLanes != 0 || wanted.item[i + planeLanes - 1] != wanted.item[i] + planeLanes - 1) return false;
  }
  return true;
}

/// mixRows of few labels and whole panels. Sums are small, so that a long strip of buckets takes the scalars of a segment while those are in the second
/// cache.
template <class List>
void mixFewLabels(Walk& walk, const MixRecipe& recipe, const MixSource& of, const RowView& to, const Joint& joint, const Cut& cut, List list,
                  const Finish& finish) {
  const Lists& wanted = recipe.wanted;
  const int32_t* const items = wanted.item.data();
  const int64_t buckets = static_cast<int64_t>(wanted.offsets.size()) - 1, tasksPerThread = 4, longest = 16;
  const int64_t strip = std::clamp<int64_t>(buckets * cut.slices / (tasksPerThread * walk.frame.pool.threads()), 1, longest);
  const int64_t strips = (buckets + strip - 1) / strip, tasks = strips * cut.slices;
  walk.frame.pool.each(tasks, grainOf(tasks, static_cast<double>(recipe.products)), [&](int64_t begin, int64_t end) {
    struct Part {
      int32_t first, last;
      std::vector<int32_t> at;
      Buffer sums;
      bool goesOn;
    };
    std::vector<Part> parts(strip);
    TermList terms;
    for (int64_t task = begin; task < end; task++) {
      const int64_t slice = task / strips, low = task % strips * strip, count = std::min(strip, buckets - low);
      const auto sumsOf = [&](Part& part) {
        return PanelSums{part.at.data(), static_cast<int64_t>(part.at.size()), walk.labels, part.sums.data(), part.goesOn};
      };
      for (int64_t i = 0; i < count; i++) {
        Part& part = parts[i];
        const int32_t *first = items + wanted.offsets[low + i], *last = items + wanted.offsets[low + i + 1];
        if (cut.slices > 1) std::tie(first, last) = within(first, last, slice * cut.width, (slice + 1) * cut.width);
        part.first = static_cast<int32_t>(first - items);
        part.last = static_cast<int32_t>(last - items);
        part.goesOn = false;
        part.at.clear();
        for (; first < last; first += planeLanes) part.at.push_back(*first);
        const int64_t floats = (part.last - part.first) * walk.labels;
        if (part.sums.size() < floats) part.sums = Buffer(floats);
      }
      for (int64_t segment = 0; segment < cut.segments; segment++) {
        for (int64_t i = 0; i < count; i++) {
          if (parts[i].at.empty()) continue;
          terms.clear();
          list(low + i, segment, terms);
          if (terms.count() == 0) continue;
          walk.frame.kernels.mixPanels(terms.terms(of.scalars, of.rows.row(0)), sumsOf(parts[i]));
          parts[i].goesOn = true;
        }
      }
      for (int64_t i = 0; i < count; i++) {
        if (parts[i].goesOn) walk.frame.kernels.turnPanels(sumsOf(parts[i]), to.row(parts[i].first));
        if (joint.recipe) takeUp(walk, joint, to, parts[i].first, parts[i].last);
        finish.take(walk, to, parts[i].first, parts[i].last);
      }
    }
  });
}

}  // namespace agon
