#include "cuda.h"

#ifdef _WIN32
#include <windows.h>
#else
#include <dlfcn.h>
#endif

namespace {

[[noreturn]] void unavailable(const std::string& why) { throw agon::Error("AGON_UNAVAILABLE", "cuda: unavailable (" + why + ")"); }

#ifdef _WIN32

AgonCudaApiOf symbolOf(const std::string& path) {
  // Of UTF-8, as all strings of JavaScript are.
  std::wstring wide(path.size() + 1, 0);
  if (MultiByteToWideChar(CP_UTF8, 0, path.c_str(), -1, wide.data(), static_cast<int>(wide.size())) == 0) unavailable("not a path: " + path);
  const HMODULE library = LoadLibraryW(wide.c_str());
  if (library == nullptr) unavailable("the library does not load: error " + std::to_string(GetLastError()) + " of " + path);
  return reinterpret_cast<AgonCudaApiOf>(GetProcAddress(library, "agon_cuda_api"));
}

#else

AgonCudaApiOf symbolOf(const std::string& path) {
  void* const library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) unavailable(std::string("the library does not load: ") + dlerror());
  return reinterpret_cast<AgonCudaApiOf>(dlsym(library, "agon_cuda_api"));
}

#endif

void check(int32_t failed, const AgonCudaError& error) {
  if (failed) throw agon::Error(error.code, error.text);
}

/// The program as plain C; valid as long as both live.
class FlatProgram {
 public:
  explicit FlatProgram(const agon::Program& from) {
    for (const auto& value : from.values) values_.push_back({value.size, sizeOf(value.constant), value.constant.data()});
    tables_.reserve(from.instructions.size());
    for (const auto& it : from.instructions) {
      tables_.emplace_back();
      for (const auto& table : it.tables) tables_.back().push_back(flat(table));
      instructions_.push_back({static_cast<int32_t>(it.kind), flat(it.inputs), flat(it.outputs), flat(it.ints), sizeOf(it.numbers), it.numbers.data(),
                               sizeOf(tables_.back()), tables_.back().data()});
    }
    program_ = {sizeOf(values_), values_.data(), sizeOf(instructions_), instructions_.data(), from.input, from.output};
  }
  const AgonCudaProgram* get() const { return &program_; }

 private:
  template <class T>
  static int64_t sizeOf(const std::vector<T>& list) { return static_cast<int64_t>(list.size()); }
  static AgonCudaInts flat(const std::vector<int32_t>& list) { return {sizeOf(list), list.data()}; }

  std::vector<AgonCudaValue> values_;
  std::vector<std::vector<AgonCudaInts>> tables_;
  std::vector<AgonCudaInstruction> instructions_;
  AgonCudaProgram program_;
};

void tellProgress(void* context, int64_t done, int64_t total) {
  (*static_cast<const std::function<void(int64_t, int64_t)>*>(context))(done, total);
}

const uint8_t* flat(const std::atomic<bool>* abort) {
  static_assert(sizeof(std::atomic<bool>) == 1, "abort flags are bytes");
  return reinterpret_cast<const uint8_t*>(abort);
}

/// Valid as long as the control that it is made of.
AgonCudaControl flat(const agon::Control& control) {
  return {flat(control.abort), control.progress ? tellProgress : nullptr, const_cast<void*>(static_cast<const void*>(&control.progress)),
          control.memory, static_cast<int32_t>(control.precision)};
}

AgonCudaSeeds flat(const agon::Seeds& seeds) { return {seeds.count, seeds.dense, seeds.labels, seeds.scaleByLogit}; }

class CudaCore : public Core {
 public:
  CudaCore(const AgonCudaApi& api, const agon::Program& program, int32_t ordinal) : api_(api) {
    AgonCudaError error;
    check(api_.create(FlatProgram(program).get(), ordinal, &session_, &error), error);
  }
  ~CudaCore() override { api_.destroy(session_); }
  CudaCore(const CudaCore&) = delete;
  CudaCore& operator=(const CudaCore&) = delete;

  int64_t sizeOf(int32_t value) const override {
    AgonCudaError error;
    int64_t size = 0;
    check(api_.sizeOf(session_, value, &size, &error), error);
    return size;
  }
  void forward(const float* input, int64_t examples, int32_t at, float* out, const agon::Control& control) const override {
    AgonCudaError error;
    const AgonCudaControl with = flat(control);
    check(api_.forward(session_, input, examples, at, out, &with, &error), error);
  }
  void vjp(const float* input, int64_t examples, const agon::Seeds& seeds, int32_t wrt, float* out, const agon::Control& control) const override {
    AgonCudaError error;
    const AgonCudaSeeds from = flat(seeds);
    const AgonCudaControl with = flat(control);
    check(api_.vjp(session_, input, examples, &from, wrt, out, &with, &error), error);
  }
  void contest(const float* input, int64_t examples, const agon::ContestRequest& request, const agon::ContestArrays& out,
               const agon::Control& control) const override {
    AgonCudaError error;
    const int64_t sum[] = {request.sum ? request.sum->outer : 0, request.sum ? request.sum->extent : 0, request.sum ? request.sum->inner : 0};
    const AgonCudaContest wanted = {flat(request.seeds), request.wrt, request.factor, request.sum ? sum : nullptr, request.mapLabels, request.mapCount};
    const AgonCudaContestArrays arrays = {out.best, out.runnerUp, out.worst, out.runnerDown, out.bestLabel, out.worstLabel, out.maps};
    const AgonCudaControl with = flat(control);
    check(api_.contest(session_, input, examples, &wanted, &arrays, &with, &error), error);
  }

 private:
  const AgonCudaApi& api_;
  AgonCudaSession* session_ = nullptr;
};

class CudaLearner : public LearnerCore {
 public:
  CudaLearner(const AgonCudaApi& api, const agon::Program& program, const std::vector<agon::Parameter>& parameters, int32_t ordinal) : api_(api) {
    std::vector<AgonCudaParameter> fitted;
    for (const auto& parameter : parameters) fitted.push_back({parameter.value, parameter.decays});
    AgonCudaError error;
    check(api_.createLearner(FlatProgram(program).get(), fitted.data(), static_cast<int64_t>(fitted.size()), ordinal, &learner_, &error), error);
  }
  ~CudaLearner() override { api_.destroyLearner(learner_); }
  CudaLearner(const CudaLearner&) = delete;
  CudaLearner& operator=(const CudaLearner&) = delete;

  int64_t inputSize() const override { return api_.inputSize(learner_); }
  int64_t parameterCount() const override { return api_.parameterCount(learner_); }
  int64_t parameterSize(int64_t parameter) const override { return api_.parameterSize(learner_, parameter); }
  agon::PassResult pass(const float* input, const int32_t* labels, int64_t examples, const std::atomic<bool>* abort) override {
    AgonCudaError error;
    AgonCudaPassResult result;
    check(api_.pass(learner_, input, labels, examples, flat(abort), &result, &error), error);
    return {result.loss, result.correct};
  }
  void update(const agon::Adam& adam) override {
    AgonCudaError error;
    const AgonCudaAdam step = {adam.step, adam.rate, adam.beta1, adam.beta2, adam.epsilon, adam.decay};
    check(api_.update(learner_, &step, &error), error);
  }
  void read(agon::Part part, int64_t parameter, float* out) const override {
    AgonCudaError error;
    check(api_.read(learner_, static_cast<int32_t>(part), parameter, out, &error), error);
  }
  void write(agon::Part part, int64_t parameter, const float* in) override {
    AgonCudaError error;
    check(api_.write(learner_, static_cast<int32_t>(part), parameter, in, &error), error);
  }

 private:
  const AgonCudaApi& api_;
  AgonCudaLearner* learner_ = nullptr;
};

class CudaHome : public Home {
 public:
  CudaHome(const AgonCudaApi& api, int32_t ordinal) : api_(api), ordinal_(ordinal) {}
  std::shared_ptr<const Core> core(agon::Program program) const override { return std::make_shared<const CudaCore>(api_, program, ordinal_); }
  std::unique_ptr<LearnerCore> learner(agon::Program program, std::vector<agon::Parameter> parameters) const override {
    return std::make_unique<CudaLearner>(api_, program, parameters, ordinal_);
  }

 private:
  const AgonCudaApi& api_;
  int32_t ordinal_;
};

}  // namespace

const AgonCudaApi& openCuda(const std::string& path) {
  const AgonCudaApiOf apiOf = symbolOf(path);
  if (apiOf == nullptr) unavailable("not a library of this engine: " + path);
  const AgonCudaApi* const api = apiOf(AGON_CUDA_VERSION);
  if (api == nullptr || api->version != AGON_CUDA_VERSION) unavailable("built from other sources than this package: " + path);
  return *api;
}

AgonCudaDevice cudaDevice(const AgonCudaApi& api, int32_t ordinal) {
  AgonCudaDevice device;
  AgonCudaError error;
  check(api.device(ordinal, &device, &error), error);
  return device;
}

std::shared_ptr<const Home> cudaHome(const AgonCudaApi& api, int32_t ordinal) { return std::make_shared<const CudaHome>(api, ordinal); }
