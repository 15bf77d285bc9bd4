#include "batch.h"

#include <algorithm>

namespace agon {

BlockPtr Batch::blockOf(int32_t value) {
  if (blocks_[value]) return blocks_[value];
  const std::vector<float>& constant = frame.values[value].constant;
  const auto block = std::make_shared<Block>(arena_, size(value) * batchLanes);
  constants_.push_back(block);
  if (dry) return block;
  float* to = block->data();
  for (size_t e = 0; e < constant.size(); e++) std::fill(to + e * batchLanes, to + (e + 1) * batchLanes, constant[e]);
  return block;
}

const float* Batch::rows(int32_t value) { return blockOf(value)->data(); }

float* Batch::write(int32_t value) {
  blocks_[value] = std::make_shared<Block>(arena_, size(value) * batchLanes);
  return blocks_[value]->data();
}

float* Batch::writeOver(int32_t value, int32_t of) {
  const BlockPtr& block = blocks_[of];
  if (!block || block.use_count() > 1 || lastUse_[of] > current || size(of) != size(value)) return write(value);
  blocks_[value] = block;
  return block->data();
}

void Batch::alias(int32_t value, int32_t of) { blocks_[value] = blockOf(of); }

void Batch::finish() {
  constants_.clear();
  for (size_t v = 0; v < blocks_.size(); v++)
    if (blocks_[v] && lastUse_[v] <= current) blocks_[v].reset();
}

uint16_t* Batch::keepBits(int64_t count) {
  kept += count * static_cast<int64_t>(sizeof(uint16_t));
  if (dry) return nullptr;
  auto& bits = frame.locals[current].bits;
  bits.resize(count);
  return bits.data();
}

float* Batch::keepRows(Buffer Local::*which, int64_t count) {
  kept += count * batchLanes * static_cast<int64_t>(sizeof(float));
  if (dry) return nullptr;
  Buffer& rows = frame.locals[current].*which;
  if (rows.size() != count * batchLanes) rows = Buffer(count * batchLanes);
  return rows.data();
}

int32_t* Batch::keepIndex(int64_t count) {
  kept += count * batchLanes * static_cast<int64_t>(sizeof(int32_t));
  if (dry) return nullptr;
  auto& index = frame.locals[current].index;
  index.resize(count * batchLanes);
  return index.data();
}

}  // namespace agon
