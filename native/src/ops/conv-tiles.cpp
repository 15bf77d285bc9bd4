// Convolutions of 3x3 taps and stride 1 tile by tile: 16 products in place of 36 (winograd-hot.h). Only in passes of one label per example: with more, what
// the skipping of zeros saves is more.
#include <algorithm>

#include "../batch/batch.h"
#include "conv.h"
#include "tile-pass.h"

namespace agon {

namespace {

/// Rows of everything that is wanted, channel by channel of a position.
struct TileRecipe : Recipe {};

}  // namespace

/// Products must become fewer by a fifth, which pays for the transformations.
void ConvOperation::findTiles() {
  if (groups != 1 || taps != 9 || channelsIn % planeLanes != 0 || channelsOut % planeLanes != 0) return;
  const auto found = tileGeometry(byOutput, positionsIn, positionsOut);
  if (found && 16 * std::max(found->tiles(), found->turned().tiles()) * 5 <= static_cast<int64_t>(byOutput.position.size()) * 4) tiles_ = found;
}

/// U = G g G' of every pair of channels; made when it is first needed.
const float* ConvOperation::tileWeights(Pool& pool) const {
  std::call_once(tilesMade_, [&] {
    constexpr double G[4][3] = {{1, 0, 0}, {0.5, 0.5, 0.5}, {0.5, -0.5, 0.5}, {0, 0, 1}};
    tileWeights_ = Buffer(16 * channelsOut * channelsIn);
    float* const to = tileWeights_.data();
    pool.each(channelsOut / planeLanes * channelsIn, 16, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; i++) {
        const int64_t panel = i / channelsIn, ci = i % channelsIn;
        for (int64_t co = 0; co < planeLanes; co++) {
          double left[4][3] = {};
          for (int a = 0; a < 4; a++)
            for (int t = 0; t < 9; t++) left[a][t % 3] += G[a][t / 3] * backwardWeights_[termOf(panel * planeLanes + co, t) + scalarOf(ci)];
          for (int k = 0; k < 16; k++) {
            double sum = 0;
            for (int j = 0; j < 3; j++) sum += left[k / 4][j] * G[k % 4][j];
            to[k * channelsOut * channelsIn + i * planeLanes + co] = static_cast<float>(sum);
          }
        }
      }
    });
  });
  return tileWeights_.data();
}

void ConvOperation::forwardTiles(Frame& frame) const {
  const float* const x = frame.data[inputs[0]];
  float* const y = frame.write(outputs[0]);
  const Buffer scratch(tileFloats(frame.pool, channelsIn, channelsOut));
  runTiles(frame.pool, frame.kernels,
           {*tiles_, false, channelsIn, channelsOut, tileWeights(frame.pool), {const_cast<float*>(x), nullptr, 1}, {y, nullptr, 1},
            bias.empty() ? nullptr : bias.data(), nullptr, 1}, scratch.data());
}

void ConvOperation::forwardTiles(Batch& batch) const {
  const float* const x = batch.rows(inputs[0]);
  float* const y = batch.write(outputs[0]);
  const BlockPtr scratch = batch.scratch(tileFloats(batch.pool(), channelsIn, channelsOut));
  if (batch.dry) return;
  if (batch.wants(inputs[0])) linearize(batch.frame);
  runTiles(batch.pool(), batch.frame.kernels,
           {*tiles_, false, channelsIn, channelsOut, tileWeights(batch.pool()), {const_cast<float*>(x), nullptr, batchLanes}, {y, nullptr, batchLanes},
            bias.empty() ? nullptr : bias.data(), nullptr, batch.frame.distinct}, scratch->data());
}

/// Of one plane of lanes: labels, or examples.
void ConvOperation::backwardTiles(Walk& walk) const {
  const Cotangent g = walk.take(outputs[0]);
  Pool& pool = walk.frame.pool;
  const auto recipe = walk.recipe<TileRecipe>(0, {g.rows}, 0, [&] {
    auto made = std::make_shared<TileRecipe>();
    const Layout layout = {{1, channelsIn, positionsIn}, {0, 0, 1}, {0, 1, 0}, positionsIn};
    made->rows = listFresh(pool, walk.mask(inputs[0]), layout, std::vector<uint8_t>(positionsIn, 1)).rows;
    made->products = 16 * tiles_->turned().tiles() * channelsIn * channelsOut;
    return made;
  });
  if (!recipe->rows) return;
  const Joint joint = walk.join(1, inputs[0], recipe->rows);
  const BlockPtr to = walk.allocate(recipe->rows->count), scratch = walk.reserve(tileFloats(pool, channelsOut, channelsIn));
  if (!walk.dry) {
    runTiles(pool, walk.frame.kernels,
             {tiles_->turned(), true, channelsOut, channelsIn, tileWeights(pool), {g.block->data(), g.rows->row.data(), planeLanes},
              {to->data(), recipe->rows->row.data(), planeLanes}, nullptr, &joint, walk.frame.distinct}, scratch->data());
  }
  walk.give(inputs[0], {recipe->rows, to});
}

}  // namespace agon
