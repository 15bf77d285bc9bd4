#pragma once
#include "../kernels/lanes.h"
#include "../source.h"

namespace agon {

/// The seeds of examples first .. first + size - 1, one label at a time: lane = example. Chunks begin at a label, and count examples.
class GroupSource : public Source {
 public:
  /// `logits`: rows [output][16] of the group.
  GroupSource(int32_t output, const Seeds& seeds, int64_t first, int64_t size, int64_t examples, const float* logits)
      : Source(output, seeds.count), seeds_(seeds), first_(first), size_(size), examples_(examples), logits_(logits) {}
  ChunkSeeds seeds(const Frame& frame, int64_t label, int64_t) const override;
  void fill(const Walk& walk, const ChunkSeeds& chunk, const BlockPtr& block) const override;

 private:
  int32_t element(int64_t label, int64_t lane) const { return seeds_.labels[(first_ + lane) * seeds_.count + label]; }
  const float* dense(int64_t label, int64_t lane, int64_t outputs) const { return seeds_.dense + (label * examples_ + first_ + lane) * outputs; }

  const Seeds& seeds_;
  const int64_t first_, size_, examples_;
  const float* const logits_;
};

}  // namespace agon
