#include "few.h"

namespace agon {

float* Few::write(int32_t value) {
  values_[value] = scratch(rows(value) * batchLanes);
  return values_[value]->data();
}

float* Few::writeOver(int32_t value, int32_t of) {
  const BlockPtr& block = values_[of];
  if (block.use_count() > 1 || lastUse_[of] > current || size(of) != size(value)) return write(value);
  values_[value] = block;
  return block->data();
}

void Few::finish() {
  for (size_t v = 0; v < values_.size(); v++)
    if (values_[v] && lastUse_[v] <= current) values_[v].reset();
}

void* Few::keep(int64_t bytes) {
  kept_[current] = scratch((bytes + 63) / 64 * batchLanes);
  return kept_[current]->data();
}

BlockPtr Few::take(int32_t value) {
  BlockPtr taken = std::move(cotangents_[value]);
  cotangents_[value] = nullptr;
  return taken;
}

void Few::give(int32_t value, BlockPtr block) {
  BlockPtr& held = cotangents_[value];
  if (!held) {
    held = std::move(block);
    return;
  }
  const BlockPtr to = held.use_count() == 1 ? held : block.use_count() == 1 ? block : cotangentOf(value);
  if (!dry) add(to, held, block, rows(value));
  held = to;
}

void Few::add(const BlockPtr& to, const BlockPtr& a, const BlockPtr& b, int64_t rows) const {
  eachRow(*this, rows, [sum = to->data(), x = a->data(), y = b->data()](int64_t begin, int64_t end) {
    for (int64_t i = begin * batchLanes; i < end * batchLanes; i++) sum[i] = x[i] + y[i];
  });
}

}  // namespace agon
