#include "core.h"

namespace {

/// Bytes that chunks may take where nobody says how many.
constexpr int64_t usualMost = int64_t{1} << 30;

agon::Control usual(agon::Control control) {
  if (control.memory > 0) return control;
  control.memory = agon::Control().memory;
  control.atMost = usualMost;
  return control;
}

class CpuCore : public Core {
 public:
  CpuCore(agon::Program program, std::shared_ptr<agon::Pool> pool) : session_(std::move(program), std::move(pool)) {}
  int64_t sizeOf(int32_t value) const override { return session_.sizeOf(value); }
  bool isCpu() const override { return true; }
  void forward(const float* input, int64_t examples, int32_t at, float* out, const agon::Control& control) const override {
    session_.forward(input, examples, at, out, usual(control));
  }
  void vjp(const float* input, int64_t examples, const agon::Seeds& seeds, int32_t wrt, float* out, const agon::Control& control) const override {
    session_.vjp(input, examples, seeds, wrt, out, usual(control));
  }
  void contest(const float* input, int64_t examples, const agon::ContestRequest& request, const agon::ContestArrays& out,
               const agon::Control& control) const override {
    session_.contest(input, examples, request, out, usual(control));
  }

 private:
  agon::Session session_;
};

class CpuLearner : public LearnerCore {
 public:
  CpuLearner(agon::Program program, std::vector<agon::Parameter> parameters, std::shared_ptr<agon::Pool> pool)
      : learner_(std::move(program), std::move(parameters), std::move(pool)) {}
  int64_t inputSize() const override { return learner_.inputSize(); }
  int64_t parameterCount() const override { return learner_.parameterCount(); }
  int64_t parameterSize(int64_t parameter) const override { return learner_.parameterSize(parameter); }
  agon::PassResult pass(const float* input, const int32_t* labels, int64_t examples, const std::atomic<bool>* abort) override {
    return learner_.pass(input, labels, examples, abort);
  }
  void update(const agon::Adam& adam) override { learner_.update(adam); }
  void read(agon::Part part, int64_t parameter, float* out) const override { learner_.read(part, parameter, out); }
  void write(agon::Part part, int64_t parameter, const float* in) override { learner_.write(part, parameter, in); }

 private:
  agon::Learner learner_;
};

class CpuHome : public Home {
 public:
  explicit CpuHome(int threads) : pool_(agon::createPool(threads)) {}
  std::shared_ptr<const Core> core(agon::Program program) const override { return std::make_shared<const CpuCore>(std::move(program), pool_); }
  std::unique_ptr<LearnerCore> learner(agon::Program program, std::vector<agon::Parameter> parameters) const override {
    return std::make_unique<CpuLearner>(std::move(program), std::move(parameters), pool_);
  }

 private:
  std::shared_ptr<agon::Pool> pool_;
};

}  // namespace

std::shared_ptr<const Home> cpuHome(int threads) { return std::make_shared<const CpuHome>(threads); }
