#pragma once
#include "walk.h"

namespace agon::cuda {

/// Examples, at most `most`, whose values up to `until` the byte budget holds beside those of the first.
int64_t examplesThatFit(const Graph& graph, const Device& device, int32_t until, int64_t most, const Control& control);

/// Examples that run in one group where the byte budget holds them: as many as share lanes well when there are few labels, one where labels fill them.
int64_t examplesTogether(int64_t examples, int64_t labels);

/// Whether the byte budget holds one label of every example of the frame.
bool fitsLabel(const Frame& frame, int32_t target, const Control& control);

/// Lanes of a chunk, of `count`, of a walk between two values within the byte budget. Throws AGON_OUT_OF_BUDGET with the bytes that would do.
int64_t lanesTogether(const Frame& frame, int32_t from, int32_t target, int64_t count, const Control& control);

/// Labels of a chunk of `examples` examples within the byte budget, at most `labels`. Throws AGON_OUT_OF_BUDGET with the bytes that would do.
int64_t labelsTogether(const Frame& frame, int32_t target, int64_t labels, const Control& control);

}  // namespace agon::cuda
