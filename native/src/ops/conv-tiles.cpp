// Convolutions of 3x3 taps and stride 1 tile by tile: 36 products in place of 144 (winograd-hot.h). Only in averaged passes of one label per example: with
// more, what the skipping of zeros saves is more.
#include <algorithm>

#include "../batch/batch.h"
#include "conv.h"
#include "tile-pass.h"
#include "whole-rows.h"

namespace agon {

namespace {

/// With 8 examples, repeating them in all lanes is less work than to put two tiles beside each other.
int examplesOf(const Frame& frame) { return frame.distinct == 8 ? batchLanes : frame.distinct; }

/// Rows of everything that is wanted, channel by channel of a position. Where that is everything there is, in this order, no table needs to be read.
struct TileRecipe : Recipe {
  bool readsAll, writesAll;
};

TileRows rowsOf(const BlockPtr& block, const Rows& rows, bool isWhole, int64_t channels, int64_t positions) {
  return {block->data(), planeLanes, positions, isWhole ? nullptr : rows.row.data(), 1, channels};
}

/// Elements in their own order, as in a forward pass.
TileRows inOrder(float* data, int64_t stride, int64_t positions) { return {data, stride, positions, nullptr, positions, 1}; }

/// G g, G as in winograd-hot.h.
void transform(const double (&g)[3], double (&to)[tileInputs]) {
  constexpr double a = 2.0 / 3, b = 1.5;
  to[0] = g[0];
  to[1] = g[0] / a + g[1] + g[2] * a;
  to[2] = g[0] / a - g[1] + g[2] * a;
  to[3] = g[0] / b + g[1] + g[2] * b;
  to[4] = g[0] / b - g[1] + g[2] * b;
  to[5] = g[2];
}

/// G g G' of one pair of channels, the places `step` floats apart.
void transformWeights(const double (&g)[3][3], float* to, int64_t step) {
  double left[3][tileInputs];  // turned
  for (int j = 0; j < 3; j++) transform({g[0][j], g[1][j], g[2][j]}, left[j]);
  for (int i = 0; i < tileInputs; i++) {
    double row[tileInputs];
    transform({left[0][i], left[1][i], left[2][i]}, row);
    for (int j = 0; j < tileInputs; j++, to += step) *to = static_cast<float>(row[j]);
  }
}

}  // namespace

/// Products must become fewer by a fifth, which pays for the transformations.
void ConvOperation::findTiles() {
  if (groups != 1 || taps != 9 || channelsIn % planeLanes != 0 || channelsOut % planeLanes != 0) return;
  const auto found = tileGeometry(byOutput, positionsIn, positionsOut);
  if (found && tilePlaces * std::max(found->tiles(), found->turned().tiles()) * 5 <= static_cast<int64_t>(byOutput.position.size()) * 4) tiles_ = found;
}

/// U = G g G' of every pair of channels; made when it is first needed.
const float* ConvOperation::tileWeights(Pool& pool) const {
  std::call_once(tilesMade_, [&] {
    tileWeights_ = Buffer(tilePlaces * channelsOut * channelsIn);
    pool.each(channelsOut / planeLanes * channelsIn, 16, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; i++) {
        const float* const weights = &backwardWeights_[scalarOf(i % channelsIn)];
        for (int64_t co = 0; co < planeLanes; co++) {
          double g[3][3];
          for (int64_t t = 0; t < 9; t++) g[t / 3][t % 3] = weights[termOf(i / channelsIn * planeLanes + co, t)];
          transformWeights(g, tileWeights_.data() + i * planeLanes + co, channelsOut * channelsIn);
        }
      }
    });
  });
  return tileWeights_.data();
}

void ConvOperation::forwardTiles(Frame& frame) const {
  const float* const x = frame.data[inputs[0]];
  float* const y = frame.write(outputs[0]);
  const int64_t floats = tileFloats(frame.pool, *tiles_, channelsIn, channelsOut);
  if (frame.rows.size() < floats) frame.rows = Buffer(floats);  // a walk comes later
  runTiles(frame.pool, frame.kernels,
           {*tiles_, false, channelsIn, channelsOut, tileWeights(frame.pool), inOrder(const_cast<float*>(x), 1, positionsIn), inOrder(y, 1, positionsOut),
            bias.empty() ? nullptr : bias.data(), nullptr, 1}, frame.rows.data());
}

void ConvOperation::forwardTiles(Batch& batch) const {
  const float* const x = batch.rows(inputs[0]);
  float* const y = batch.write(outputs[0]);
  const BlockPtr scratch = batch.scratch(tileFloats(batch.pool(), *tiles_, channelsIn, channelsOut));
  if (batch.dry) return;
  if (batch.wants(inputs[0])) linearize(batch.frame);
  runTiles(batch.pool(), batch.frame.kernels,
           {*tiles_, false, channelsIn, channelsOut, tileWeights(batch.pool()), inOrder(const_cast<float*>(x), batchLanes, positionsIn), inOrder(y, batchLanes, positionsOut),
            bias.empty() ? nullptr : bias.data(), nullptr, examplesOf(batch.frame)}, scratch->data());
}

/// Of one plane of lanes: labels, or examples.
void ConvOperation::backwardTiles(Walk& walk) const {
  const Cotangent g = walk.take(outputs[0]);
  Pool& pool = walk.frame.pool;
  const auto recipe = walk.recipeOfMask<TileRecipe>(0, inputs[0], {g.rows}, 0, [&] {
    auto made = std::make_shared<TileRecipe>();
    const Layout layout = {{1, channelsIn, positionsIn}, {0, 0, 1}, {0, 1, 0}, positionsIn};
    made->rows = listFresh(walk.frame, walk.mask(inputs[0]), layout, std::vector<uint8_t>(positionsIn, 1)).rows;
    made->readsAll = isWhole(*g.rows, channelsOut, positionsOut);
    made->writesAll = made->rows && isWhole(*made->rows, channelsIn, positionsIn);
    made->products = tilePlaces * tiles_->turned().tiles() * channelsIn * channelsOut;
    return made;
  });
  if (!recipe->rows) return;
  const Joint joint = walk.join(1, inputs[0], recipe->rows);
  const BlockPtr to = walk.allocate(recipe->rows->count), scratch = walk.reserve(tileFloats(pool, tiles_->turned(), channelsOut, channelsIn));
  if (!walk.dry) {
    runTiles(pool, walk.frame.kernels,
             {tiles_->turned(), true, channelsOut, channelsIn, tileWeights(pool), rowsOf(g.block, *g.rows, recipe->readsAll, channelsOut, positionsOut),
              rowsOf(to, *recipe->rows, recipe->writesAll, channelsIn, positionsIn), nullptr, &joint, examplesOf(walk.frame)}, scratch->data());
  }
  walk.give(inputs[0], {recipe->rows, to});
}

}  // namespace agon
