#pragma once
#include "../ops/mix.h"
#include "../kernels/lanes.h"

namespace agon {

/// One of a few rows that are summed: planes `step` floats apart, times the first factor or, in a batch, lane by lane times the first 16.
struct Share {
  const float* factors;
  const float* row;
  int64_t step;
};

/// Sums rows with coefficients that all lanes share or, in a batch, that every lane has of its own: `step` floats lie between the first
/// coefficients of neighbours.
struct Mixer {
  const Kernels& shared;
  const LaneKernels* own;
  int64_t step;

  Mixer(const Kernels& kernels, bool isBatch) : shared(kernels), own(isBatch ? &laneKernels(kernels) : nullptr), step(isBatch ? batchLanes : 1) {}

  void sum(const Term* terms, int64_t count, const int32_t* at, float* const* out, int64_t outputs, const Planes& planes) const {
    if (own) return own->combine(terms, count, at, out, outputs);
    shared.combine(terms, count, at, out, outputs, planes);
  }

  /// out = the sum of at most 3 shares.
  void blend(const Share* shares, int count, float* out, int64_t outStep, int planes) const {
    if (own) {
      const int32_t at[] = {0};
      Term terms[3];
      for (int i = 0; i < count; i++) terms[i] = {shares[i].factors, shares[i].row};
      return own->combine(terms, count, at, &out, 1);
    }
    Part parts[3];
    for (int i = 0; i < count; i++) parts[i] = {*shares[i].factors, shares[i].row, shares[i].step};
    shared.blend(parts, count, out, outStep, planes);
  }
};

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
