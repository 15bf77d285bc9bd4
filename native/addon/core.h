#pragma once
#include <agon/learner.h>

#include <memory>

/// A program made ready, on the CPU or on a GPU. The calls are those of agon::Session, from any thread; of a Control, a memory of 0 bytes is the usual.
class Core {
 public:
  virtual ~Core() = default;
  virtual int64_t sizeOf(int32_t value) const = 0;
  /// Whether calls are computed by the thread that makes them, which waits for nothing else.
  virtual bool isCpu() const { return false; }
  virtual void forward(const float* input, int64_t examples, int32_t at, float* out, const agon::Control& control) const = 0;
  virtual void vjp(const float* input, int64_t examples, const agon::Seeds& seeds, int32_t wrt, float* out, const agon::Control& control) const = 0;
  virtual void contest(const float* input, int64_t examples, const agon::ContestRequest& request, const agon::ContestArrays& out,
                       const agon::Control& control) const = 0;
};

/// A program whose constants are fitted, on the CPU or on a GPU. The calls are those of agon::Learner: one at a time, from any thread.
class LearnerCore {
 public:
  virtual ~LearnerCore() = default;
  virtual int64_t inputSize() const = 0;
  virtual int64_t parameterCount() const = 0;
  virtual int64_t parameterSize(int64_t parameter) const = 0;
  virtual agon::PassResult pass(const float* input, const int32_t* labels, int64_t examples, const std::atomic<bool>* abort) = 0;
  virtual void update(const agon::Adam& adam) = 0;
  virtual void read(agon::Part part, int64_t parameter, float* out) const = 0;
  virtual void write(agon::Part part, int64_t parameter, const float* in) = 0;
};

/// Where programs run: threads of the CPU, or a GPU.
class Home {
 public:
  virtual ~Home() = default;
  virtual std::shared_ptr<const Core> core(agon::Program program) const = 0;
  virtual std::unique_ptr<LearnerCore> learner(agon::Program program, std::vector<agon::Parameter> parameters) const = 0;
};

std::shared_ptr<const Home> cpuHome(int threads);
