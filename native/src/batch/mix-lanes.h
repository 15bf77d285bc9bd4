#pragma once
#include "../ops/mix.h"
#include "../kernels/lanes.h"

namespace agon {

/// Sums rows with coefficients that all lanes share or, in a batch, that every lane has of its own: `step` floats lie between the first
/// coefficients of neighbours.
struct Mixer {
  const Kernels& shared;
  const LaneKernels* own;
  int lanes;
  int64_t step;

  Mixer(const Walk& walk, bool isBatch)
      : shared(walk.frame.kernels), own(isBatch ? &laneKernels(shared) : nullptr), lanes(walk.lanes), step(isBatch ? batchLanes : 1) {}

  void operator()(const Term* terms, int64_t count, const int32_t* at, float* const* out, int64_t outputs) const {
    if (own) return own->combine(terms, count, at, out, outputs);
    shared.combine(terms, count, at, out, outputs, lanes);
  }
};

/// mixRows with coefficients of every lane's own.
template <class MakeTerms>
void mixLanes(Walk& walk, const MixRecipe& recipe, const BlockPtr& to, MakeTerms makeTerms) {
  const LaneKernels& kernels = laneKernels(walk.frame.kernels);
  walk.frame.pool.each(static_cast<int64_t>(recipe.wanted.offsets.size()) - 1, 1, [&](int64_t begin, int64_t end) {
    std::vector<Term> terms;
    std::vector<float*> out;
    for (int64_t b = begin; b < end; b++) {
      const int32_t from = recipe.wanted.offsets[b], count = recipe.wanted.offsets[b + 1] - from;
      if (count == 0) continue;
      terms.clear();
      makeTerms(b, terms);
      out.resize(count);
      for (int32_t i = 0; i < count; i++) out[i] = walk.row(to, recipe.wanted.row[from + i]);
      kernels.combine(terms.data(), static_cast<int64_t>(terms.size()), &recipe.wanted.item[from], out.data(), count);
    }
  });
}

}  // namespace agon
