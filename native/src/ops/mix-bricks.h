#pragma once
#include "../kernels/bricks.h"
#include "mix.h"

namespace agon {

/// What the buckets group * lines .. group * lines + lines - 1 share, of every group; those that nobody wants count for nothing. The elements of such a bucket
/// are those of the buckets part * lines + line of `alive`, for every part of partsOf[group]. Empty where two take different terms, or where bricks would not pay.
std::vector<SharedTerms> sharedTerms(const MixRecipe& recipe, const std::vector<std::vector<int32_t>>& partsOf, int64_t lines);

/// Floats of the packed scalars of all groups.
int64_t packedFloats(const MixRecipe& recipe);

/// What mixRows() does, by bricks: list(bucket, 0, terms) lists all terms. Packed scalars are shared by all buckets of a group.
template <class List>
void mixBricks(const Walk& walk, const MixRecipe& recipe, const MixSource& of, const RowView& to, const Joint& joint, const BlockPtr& packed, List list,
               const Finish& finish) {
  const BrickKernels& bricks = *walk.bricks();
  const int32_t *const items = recipe.wanted.item.data(), *const offsets = recipe.wanted.offsets.data();
  constexpr int64_t together = BrickKernels::setsTogether;
  struct Piece {
    const SharedTerms* shared;
    int64_t first;
    float* packed;
  };
  std::vector<Piece> packs, sums;
  float* at = packed->data();
  for (const SharedTerms& shared : recipe.shared) {
    const int64_t each = BrickKernels::packedFloats(shared.terms), count = BrickKernels::bricksOf(shared.outputs);
    for (int64_t brick = 0; brick < count; brick++) packs.push_back({&shared, brick, at + brick * each});
    for (size_t first = 0; first < shared.buckets.size(); first += together) sums.push_back({&shared, static_cast<int64_t>(first), at});
    at += count * each;
  }
  const auto scalarsOf = [&](const SharedTerms& shared, const TermList& terms) -> BrickScalars {
    return {of.scalars, terms.scalar(), shared.terms, items + offsets[shared.buckets.front()], shared.outputs};
  };
  walk.frame.pool.each(static_cast<int64_t>(packs.size()), 1, [&](int64_t begin, int64_t end) {
    TermList terms;
    for (int64_t i = begin; i < end; i++) {
      const Piece& piece = packs[i];
      if (i == begin || piece.shared != packs[i - 1].shared) {
        terms.clear();
        list(piece.shared->buckets.front(), 0, terms);
      }
      bricks.pack(scalarsOf(*piece.shared, terms), piece.first, piece.packed);
    }
  });
  walk.frame.pool.each(static_cast<int64_t>(sums.size()), 1, [&](int64_t begin, int64_t end) {
    TermList terms[together];
    BrickRows rows[together];
    const Buffer scratch(bricks.scratchFloats);
    for (int64_t i = begin; i < end; i++) {
      const Piece& piece = sums[i];
      const int32_t* const buckets = piece.shared->buckets.data() + piece.first;
      const int64_t count = std::min<int64_t>(together, static_cast<int64_t>(piece.shared->buckets.size()) - piece.first);
      for (int64_t s = 0; s < count; s++) {
        terms[s].clear();
        list(buckets[s], 0, terms[s]);
        rows[s] = {terms[s].place(), to.row(offsets[buckets[s]])};
      }
      bricks.mix(piece.packed, scalarsOf(*piece.shared, terms[0]), of.rows.row(0), rows, count, {to.planes, of.rows.step, to.step}, scratch.data());
      for (int64_t s = 0; s < count; s++) {
        if (joint.recipe) takeUp(walk, joint, to, offsets[buckets[s]], offsets[buckets[s] + 1]);
        finish.take(walk, to, offsets[buckets[s]], offsets[buckets[s] + 1]);
      }
    }
  });
}

}  // namespace agon
