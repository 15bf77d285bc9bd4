#include "walk.h"

namespace agon {

namespace {

/// Rows per piece of work, so that a piece is some tens of microseconds.
constexpr int64_t rowGrain = 256;
constexpr int32_t first[] = {0};

}  // namespace

void Memory::dropUnused() {
  for (auto* all : {&ofInstruction, &ofMerge}) {
    for (auto& memos : *all) {
      for (Memo& memo : memos) {
        if (!memo.recipe || memo.lastWalk == walks) continue;
        bytes -= memo.recipe->bytes();
        memo = {};
      }
    }
  }
}

void Walk::pull(size_t slot, int32_t x, Cotangent cotangent, const Links& links) {
  struct Held {
    const Links& held;
    const Links& links() const { return held; }
  };
  pullLazily(slot, x, std::move(cotangent), [&] { return Held{links}; });
}

void Walk::follow(const PullRecipe& recipe, int32_t x, Cotangent cotangent) {
  if (!recipe.rows) return;
  using Mode = PullRecipe::Mode;
  if (recipe.mode == Mode::Move) return give(x, {recipe.rows, std::move(cotangent.block)});
  const bool inPlace = recipe.mode == Mode::ScaleInPlace;
  const BlockPtr to = inPlace ? cotangent.block : allocate(recipe.rows->count);
  if (!dry) {
    const Kernels& k = frame.kernels;
    frame.pool.each(recipe.rows->count, rowGrain, [&](int64_t begin, int64_t end) {
      std::vector<Term> terms;
      for (int64_t i = begin; i < end; i++) {
        float* out = row(to, i);
        if (recipe.mode == Mode::Combine) {
          terms.clear();
          for (int32_t t = recipe.offsets[i]; t < recipe.offsets[i + 1]; t++)
            terms.push_back({&recipe.factor[t], row(cotangent.block, recipe.from[t])});
          k.combine(terms.data(), static_cast<int64_t>(terms.size()), first, &out, 1, lanes);
        } else if (!inPlace) {
          k.scale(out, row(cotangent.block, recipe.from[i]), recipe.factor[i], lanes);
        } else if (recipe.factor[i] != 0 && recipe.factor[i] != 1) {
          k.scale(out, out, recipe.factor[i], lanes);
        }
      }
    });
  }
  cotangent.block.reset();
  give(x, {recipe.rows, to});
}

void Walk::give(int32_t value, Cotangent cotangent) {
  if (!cotangent || !wants(value)) return;
  Cotangent& held = pending_[value];
  if (!held) {
    held = std::move(cotangent);
    return;
  }
  const int owned = owns(held) + 2 * owns(cotangent);
  const auto recipe = remember<MergeRecipe>(memory_.ofMerge[value], merges_[value]++, {held.rows, cotangent.rows}, owned, [&] {
    return mergeRecipe(held.rows, owned & 1, cotangent.rows, owned & 2);
  });
  held = merge(*recipe, std::move(held), std::move(cotangent));
}

Cotangent Walk::merge(const MergeRecipe& recipe, Cotangent a, Cotangent b) {
  using Mode = MergeRecipe::Mode;
  const Mode mode = recipe.mode;
  const BlockPtr to = mode == Mode::IntoFirst ? a.block : mode == Mode::IntoSecond ? b.block : allocate(recipe.rows->count);
  if (dry) return {recipe.rows, to};
  const Kernels& k = frame.kernels;
  frame.pool.each(static_cast<int64_t>(recipe.rows->row.size()), rowGrain, [&](int64_t begin, int64_t end) {
    for (int64_t e = begin; e < end; e++) {
      const int32_t i = a.rows->row[e], j = b.rows->row[e], at = recipe.rows->row[e];
      if (i >= 0 && j >= 0) {
        k.sum(row(to, at), row(a.block, i), row(b.block, j), lanes);
      } else if (mode == Mode::Fresh && at >= 0) {
        k.scale(row(to, at), i >= 0 ? row(a.block, i) : row(b.block, j), 1.0f, lanes);
      }
    }
  });
  return {recipe.rows, to};
}

}  // namespace agon
