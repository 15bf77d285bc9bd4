#pragma once
#include <agon/session.h>

#include <memory>

/// A program made ready, on the CPU or on a GPU. The calls are those of agon::Session, from any thread; of a Control, a memory of 0 bytes is the usual.
class Core {
 public:
  virtual ~Core() = default;
  virtual int64_t sizeOf(int32_t value) const = 0;
  virtual void forward(const float* input, int64_t examples, int32_t at, float* out, const agon::Control& control) const = 0;
  virtual void vjp(const float* input, int64_t examples, const agon::Seeds& seeds, int32_t wrt, float* out, const agon::Control& control) const = 0;
  virtual void contest(const float* input, int64_t examples, const agon::ContestRequest& request, const agon::ContestArrays& out,
                       const agon::Control& control) const = 0;
};

/// Where programs run: threads of the CPU, or a GPU.
class Home {
 public:
  virtual ~Home() = default;
  virtual std::shared_ptr<const Core> core(agon::Program program) const = 0;
  /// The threads; null on a GPU.
  virtual std::shared_ptr<agon::Pool> pool() const { return nullptr; }
};

std::shared_ptr<const Home> cpuHome(int threads);
