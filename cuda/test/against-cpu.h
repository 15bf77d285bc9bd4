#pragma once
#include <agon/cuda-session.h>

#include "cuda-check.h"

/// Fails where numbers differ by more than 2e-5 of the largest that was expected, or of 1.
void compare(const std::vector<float>& found, const std::vector<float>& expected, const std::string& what);

template <class Session>
std::vector<float> forward(const Session& session, const std::vector<float>& x, int64_t examples, int32_t at) {
  std::vector<float> y(static_cast<size_t>(examples * session.sizeOf(at)));
  session.forward(x.data(), examples, at, y.data(), {});
  return y;
}

template <class Session>
std::vector<float> vjp(const Session& session, const std::vector<float>& x, int64_t examples, const agon::Seeds& seeds, const agon::Control& control) {
  std::vector<float> g(static_cast<size_t>(seeds.count * examples * session.sizeOf(0)));
  session.vjp(x.data(), examples, seeds, 0, g.data(), control);
  return g;
}
