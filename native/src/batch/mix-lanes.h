#pragma once
#include "../ops/mix.h"
#include "../kernels/lanes.h"

namespace agon {

/// mixRows with coefficients of every lane's own.
template <class MakeTerms>
void mixLanes(Walk& walk, const MixRecipe& recipe, const BlockPtr& to, const Joint& joint, MakeTerms makeTerms) {
  const LaneKernels& kernels = laneKernels(walk.frame.kernels);
  const Lists& wanted = recipe.wanted;
  walk.frame.pool.each(static_cast<int64_t>(wanted.offsets.size()) - 1, 1, [&](int64_t begin, int64_t end) {
    std::vector<Term> terms;
    std::vector<float*> out;
    for (int64_t b = begin; b < end; b++) {
      const int32_t from = wanted.offsets[b];
      if (wanted.count(b) == 0) continue;
      terms.clear();
      makeTerms(b, terms);
      out.resize(wanted.count(b));
      for (size_t i = 0; i < out.size(); i++) out[i] = walk.row(to, from + static_cast<int64_t>(i));
      kernels.combine(terms.data(), static_cast<int64_t>(terms.size()), &wanted.item[from], out.data(), wanted.count(b));
      if (joint.recipe) takeUp(walk, joint, walk.view(to), from, wanted.offsets[b + 1]);
    }
  });
}

}  // namespace agon
