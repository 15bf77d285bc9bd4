#include "mix-bricks.h"

namespace agon {

namespace {

/// Fewer buckets than these, terms than a brick has or outputs than one has are summed without bricks, which would be packed for too little.
constexpr size_t fewestBuckets = 8;

bool sameItems(const Lists& lists, int64_t a, int64_t b) {
  const int32_t* const items = lists.item.data();
  return std::equal(items + lists.offsets[a], items + lists.offsets[a + 1], items + lists.offsets[b], items + lists.offsets[b + 1]);
}

}  // namespace

std::vector<SharedTerms> sharedTerms(const MixRecipe& recipe, const std::vector<std::vector<int32_t>>& partsOf, int64_t lines) {
  std::vector<SharedTerms> shared;
  if (!recipe.rows) return shared;
  for (size_t group = 0; group < partsOf.size(); group++) {
    SharedTerms of = {0, 0, {}};
    const auto bucketOf = [&](int64_t line) { return static_cast<int64_t>(group) * lines + line; };
    for (int64_t line = 0; line < lines; line++)
      if (recipe.wanted.count(bucketOf(line)) > 0) of.buckets.push_back(static_cast<int32_t>(bucketOf(line)));
    if (of.buckets.empty()) continue;
    const int64_t first = of.buckets.front();
    of.outputs = recipe.wanted.count(first);
    for (const int32_t part : partsOf[group]) of.terms += recipe.alive.count(part * lines + first % lines);
    if (of.buckets.size() < fewestBuckets || of.terms < BrickKernels::termsOfBrick || of.outputs < BrickKernels::sumsOfBrick) return {};
    for (const int32_t bucket : of.buckets) {
      if (!sameItems(recipe.wanted, first, bucket)) return {};
      for (const int32_t part : partsOf[group])
        if (!sameItems(recipe.alive, part * lines + first % lines, part * lines + bucket % lines)) return {};
    }
    shared.push_back(std::move(of));
  }
  return shared;
}

int64_t packedFloats(const MixRecipe& recipe) {
  int64_t floats = 0;
  for (const SharedTerms& shared : recipe.shared) floats += BrickKernels::bricksOf(shared.outputs) * BrickKernels::packedFloats(shared.terms);
  return floats;
}

}  // namespace agon
