#include "walk.h"

#include <algorithm>

namespace agon {

namespace {

/// Rows per piece of work, so that a piece is some tens of microseconds.
constexpr int64_t rowGrain = 2048;

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

int32_t Walk::onlyReached() const {
  int32_t only = -1;
  for (size_t v = 0; v < pending_.size(); v++) {
    if (!pending_[v]) continue;
    if (only >= 0) return -1;
    only = static_cast<int32_t>(v);
  }
  return only;
}

int64_t Walk::alive(int32_t value) const {
  int64_t count = 0;
  for (const int32_t row : pending_[value].rows->row) count += row >= 0;
  return count;
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
  if (recipe.mode == Mode::Move) {
    cotangent.rows = recipe.rows;
    return give(x, std::move(cotangent));
  }
  cotangent = made(std::move(cotangent));
  const bool inPlace = recipe.mode == Mode::ScaleInPlace;
  const BlockPtr to = inPlace ? cotangent.block : allocate(recipe.rows->count);
  if (!dry) {
    const Kernels& k = frame.kernels;
    const int64_t in = step(cotangent.block), out = step(to);
    frame.pool.each(recipe.rows->count, rowGrain, [&](int64_t begin, int64_t end) {
      for (int p = 0; p < planes(); p++) {
        const float* source = cotangent.block->data() + p * in;
        float* plane = to->data() + p * out;
        if (recipe.mode == Mode::Combine) {
          k.gather(plane, source, recipe.offsets.data(), recipe.from.data(), recipe.factor.data(), begin, end);
        } else {
          k.scale(plane, source, inPlace ? nullptr : recipe.from.data(), recipe.factor.data(), begin, end);
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
  held = made(std::move(held));
  cotangent = made(std::move(cotangent));
  const int owned = owns(held) + 2 * owns(cotangent);
  const auto recipe = remember<MergeRecipe>(memory_.ofMerge[value], merges_[value]++, {held.rows, cotangent.rows}, owned, &frame.wanted[value], [&] {
    return mergeRecipe(held.rows, owned & 1, cotangent.rows, owned & 2);
  });
  held = merge(*recipe, std::move(held), std::move(cotangent));
}

Joint Walk::join(size_t slot, int32_t x, const RowsPtr& fresh) {
  Cotangent& held = pending_[x];
  if (!held) return {};
  const auto found = recipeOfMask<JoinRecipe>(slot, x, {fresh, held.rows}, 0, [&] {
    auto made = std::make_shared<JoinRecipe>();
    made->holds = true;
    made->from.assign(fresh->count, -1);
    for (size_t e = 0; e < fresh->row.size() && made->holds; e++) {
      if (held.rows->row[e] < 0) continue;
      if (fresh->row[e] < 0) made->holds = false;
      else made->from[fresh->row[e]] = held.rows->row[e];
    }
    if (!made->holds) made->from = {};
    return made;
  });
  if (!found->holds) return {};
  return {found, made(std::move(held))};
}

BlockPtr Walk::allocate(int64_t rows) {
  const auto block = std::make_shared<Block>(arena_, ((rows + 1) | 1) * lanes);
  if (!dry)
    for (int p = 0; p < planes(); p++) std::fill_n(block->data() + (p + 1) * step(block) - planeLanes, planeLanes, 0.0f);
  return block;
}

void Walk::giveUnmade(int32_t x, const RowsPtr& rows, std::shared_ptr<Stage> stage) {
  const Stage* first = stage.get();
  while (first->source.stage && !first->source.stage->isMade) first = first->source.stage.get();
  const BlockPtr& held = first->source.stage ? first->source.stage->block : first->source.block;
  const bool savesMemory = (rows->count + int64_t{1}) * lanes >= held->size;
  Cotangent fresh{rows, nullptr, std::move(stage)};
  give(x, bandBytes > 0 && savesMemory ? std::move(fresh) : made(std::move(fresh)));
}

Cotangent Walk::takeUnmade(int32_t value, int64_t positions) {
  Cotangent cotangent = takeUnmade(value);
  const bool isOther = cotangent.stage && !cotangent.stage->isMade && cotangent.stage->positions() != positions;
  return isOther ? made(std::move(cotangent)) : cotangent;
}

Cotangent Walk::made(Cotangent cotangent) {
  if (!cotangent.stage) return cotangent;
  if (!cotangent.stage->isMade) makeAll(*this, *cotangent.stage);
  cotangent.block = cotangent.stage->block;
  cotangent.stage.reset();
  return cotangent;
}

Cotangent Walk::merge(const MergeRecipe& recipe, Cotangent a, Cotangent b) {
  using Mode = MergeRecipe::Mode;
  const Mode mode = recipe.mode;
  const BlockPtr to = mode == Mode::IntoFirst ? a.block : mode == Mode::IntoSecond ? b.block : allocate(recipe.rows->count);
  if (dry) return {recipe.rows, to};
  frame.pool.each(static_cast<int64_t>(recipe.rows->row.size()), rowGrain, [&](int64_t begin, int64_t end) {
    for (int p = 0; p < planes(); p++)
      frame.kernels.merge(to->data() + p * step(to), recipe.rows->row.data(), a.block->data() + p * step(a.block), a.rows->row.data(),
                          b.block->data() + p * step(b.block), b.rows->row.data(), begin, end);
  });
  return {recipe.rows, to};
}

}  // namespace agon
