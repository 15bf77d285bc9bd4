#pragma once
#include "../../../native/src/ops/window-tables.h"
#include "../pull.h"

namespace agon::cuda {

/// One window: its k-th source is element base + sources[k] of x, begin <= k < end.
struct Window {
  const int32_t* sources;
  int64_t base;
  int32_t begin, end;
  AGON_HD int64_t source(int32_t k) const { return base + sources[k]; }
};

/// Windows over planes, read in device memory: window p strideOut + o takes its sources from elements p strideIn + sources[k], k in offsets[o] .. offsets[o+1]-1.
struct WindowView {
  const int32_t *offsets, *sources;
  int64_t strideIn, perPlane;
  Divider strideOut;
  /// Whether the links of the table are numbered k, the same in every plane, or p perPlane + k.
  bool ofOnePlane;

  AGON_HD Window of(int64_t y) const {
    const int32_t p = strideOut.quotient(y), o = strideOut.rest(y, p);
    return {sources, p * strideIn, offsets[o], offsets[o + 1]};
  }
  /// k of a link of window y, and its number among those of all planes.
  AGON_HD int64_t inPlane(int64_t y, int64_t link) const { return ofOnePlane ? link : link - firstLink(y); }
  AGON_HD int64_t ofAll(int64_t y, int64_t link) const { return ofOnePlane ? firstLink(y) + link : link; }
  AGON_HD int64_t firstLink(int64_t y) const { return strideOut.quotient(y) * perPlane; }
};

/// Windows with the memory that they lie in, and their links from both ends.
class WindowTable {
 public:
  /// Reads and checks the instruction. Throws AGON_INTERNAL, also for a window without sources where every one needs some.
  WindowTable(const Making& making, bool everyHasSources);

  int64_t size() const { return planes_ * view_.strideOut.by(); }
  /// Sources of the windows of one plane, and of all.
  int64_t perPlane() const { return view_.perPlane; }
  int64_t linkCount() const { return planes_ * view_.perPlane; }
  /// Whether planes read parts of x that do not overlap, so that one plane has the links of all.
  bool ofOnePlane() const { return view_.ofOnePlane; }
  const WindowView& view() const { return view_; }
  Links links() const { return links_.links(); }
  /// A window is wanted if one of its sources is.
  Mask wanted(Frame& frame, int32_t x) const;

 private:
  int64_t planes_;
  Ints offsets_, sources_;
  LinkTable links_;
  WindowView view_;
};

}  // namespace agon::cuda
