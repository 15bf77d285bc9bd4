#include "windows.h"

#include <algorithm>
#include <limits>

namespace agon::cuda {

namespace {

struct WindowWanted {
  WindowView windows;
  const uint8_t* x;
  uint8_t* y;
  AGON_HD void operator()(int64_t e) const {
    const Window window = windows.of(e);
    uint8_t any = 0;
    for (int32_t k = window.begin; !any && k < window.end; k++) any = x[window.source(k)];
    y[e] = any;
  }
};

/// Planes that read the whole of x, each its own part.
bool arePlanesApart(const Windows& windows, int64_t sizeX) {
  if (windows.planes == 1) return true;
  return windows.planes * windows.strideIn == sizeX &&
         std::all_of(windows.sources.begin(), windows.sources.end(), [&](int32_t source) { return source < windows.strideIn; });
}

/// Links of every plane, where planes share parts of x.
LinkTable writeOut(Device& device, const Windows& windows, int64_t sizeX) {
  std::vector<int32_t> offsets{0}, sources;
  windows.each([&](int64_t, int64_t begin, int64_t end, int64_t base) {
    for (int64_t k = begin; k < end; k++) sources.push_back(static_cast<int32_t>(base + windows.sources[k]));
    offsets.push_back(static_cast<int32_t>(sources.size()));
  });
  return LinkTable(device, offsets, sources, sizeX, windows.size());
}

}  // namespace

WindowTable::WindowTable(const Making& making, bool everyHasSources) {
  const Maker& maker = making.maker;
  const Windows windows = readWindows(maker);
  for (size_t o = 1; everyHasSources && o < windows.offsets.size(); o++)
    maker.expect(windows.offsets[o - 1] < windows.offsets[o], "a source in every window");
  constexpr int64_t most = std::numeric_limits<int32_t>::max();
  const int64_t sizeX = maker.inputSize(0);
  const bool apart = arePlanesApart(windows, sizeX);
  maker.expect(apart || (windows.size() <= most && sizeX <= most), "fewer than 2^31 elements where planes overlap");
  planes_ = windows.planes;
  offsets_ = Ints(making.device, windows.offsets);
  sources_ = Ints(making.device, windows.sources);
  links_ = apart ? LinkTable(making.device, windows.offsets, windows.sources, sizeX / planes_, windows.strideOut) : writeOut(making.device, windows, sizeX);
  view_ = {offsets_.data(), sources_.data(), windows.strideIn, static_cast<int64_t>(windows.sources.size()), Divider(windows.strideOut), apart};
}

Mask WindowTable::wanted(Frame& frame, int32_t x) const {
  auto mask = std::make_shared<Bytes>(frame.device, size());
  frame.device.each(size(), WindowWanted{view_, frame.wanted[x]->data(), mask->data()});
  return mask;
}

}  // namespace agon::cuda
