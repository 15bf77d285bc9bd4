// The plain C face of the core for GPUs: structs in, agon::cuda::Session and agon::cuda::Learner, and errors as text.
#include <agon/cuda.h>
#include <agon/cuda-learner.h>
#include <agon/cuda-session.h>

#include <cstring>
#include <new>

#include "../device.h"

struct AgonCudaSession {
  agon::cuda::Session session;
};

struct AgonCudaLearner {
  agon::cuda::Learner learner;
};

namespace {

using namespace agon;

static_assert(sizeof(std::atomic<bool>) == 1 && std::atomic<bool>::is_always_lock_free, "abort flags are bytes");

/// Of a buffer that may be too small: cut, and ended by 0.
template <size_t Size>
void copyText(char (&to)[Size], const std::string& from) {
  const size_t length = from.size() < Size ? from.size() : Size - 1;
  std::memcpy(to, from.data(), length);
  to[length] = 0;
}

int32_t fail(AgonCudaError* error, const std::string& code, const std::string& text) {
  copyText(error->code, code);
  copyText(error->text, text);
  return 1;
}

/// Runs a call; nothing that it throws leaves the library.
template <class Body>
int32_t guarded(AgonCudaError* error, Body body) noexcept {
  try {
    body();
    return 0;
  } catch (const Error& thrown) {
    return fail(error, thrown.code(), thrown.what());
  } catch (const std::bad_alloc&) {
    return fail(error, "AGON_OUT_OF_BUDGET", "cuda: the machine is out of memory");
  } catch (const std::exception& thrown) {
    return fail(error, "AGON_INTERNAL", thrown.what());
  }
}

template <class T>
std::vector<T> listOf(const T* data, int64_t size) {
  return size > 0 ? std::vector<T>(data, data + size) : std::vector<T>();
}

std::vector<int32_t> listOf(const AgonCudaInts& ints) { return listOf(ints.data, ints.size); }

Program programOf(const AgonCudaProgram& from) {
  Program program;
  program.input = from.input;
  program.output = from.output;
  for (int64_t v = 0; v < from.valueCount; v++) {
    const AgonCudaValue& value = from.values[v];
    program.values.push_back({value.size, listOf(value.constant, value.constantSize)});
  }
  for (int64_t i = 0; i < from.instructionCount; i++) {
    const AgonCudaInstruction& it = from.instructions[i];
    Instruction made{static_cast<Kind>(it.kind), listOf(it.inputs), listOf(it.outputs), listOf(it.ints), listOf(it.numbers, it.numberCount), {}};
    for (int64_t t = 0; t < it.tableCount; t++) made.tables.push_back(listOf(it.tables[t]));
    program.instructions.push_back(std::move(made));
  }
  return program;
}

Precision precisionOf(int32_t precision) {
  if (precision < 0 || precision > 2) throw Error("AGON_INTERNAL", "precision: expected 0 .. 2, found " + std::to_string(precision));
  return static_cast<Precision>(precision);
}

const std::atomic<bool>* abortOf(const uint8_t* abort) { return reinterpret_cast<const std::atomic<bool>*>(abort); }

Control controlOf(const AgonCudaControl& from) {
  Control control;
  control.abort = abortOf(from.abort);
  if (from.progress)
    control.progress = [tell = from.progress, context = from.context](int64_t done, int64_t total) { tell(context, done, total); };
  control.memory = from.memory;
  control.precision = precisionOf(from.precision);
  return control;
}

Seeds seedsOf(const AgonCudaSeeds& from) { return {from.count, from.dense, from.labels, from.scaleByLogit != 0}; }

int32_t device(int32_t ordinal, AgonCudaDevice* out, AgonCudaError* error) {
  return guarded(error, [&] {
    const cuda::Device device(ordinal);
    copyText(out->name, device.name());
    out->capability = device.capability();
    out->freeBytes = device.freeBytes();
  });
}

int32_t create(const AgonCudaProgram* program, int32_t device, AgonCudaSession** out, AgonCudaError* error) {
  return guarded(error, [&] { *out = new AgonCudaSession{{programOf(*program), device}}; });
}

void destroy(AgonCudaSession* session) { delete session; }

int32_t sizeOf(const AgonCudaSession* session, int32_t value, int64_t* out, AgonCudaError* error) {
  return guarded(error, [&] { *out = session->session.sizeOf(value); });
}

int32_t forward(const AgonCudaSession* session, const float* input, int64_t examples, int32_t at, float* out, const AgonCudaControl* control,
                AgonCudaError* error) {
  return guarded(error, [&] { session->session.forward(input, examples, at, out, controlOf(*control)); });
}

int32_t vjp(const AgonCudaSession* session, const float* input, int64_t examples, const AgonCudaSeeds* seeds, int32_t wrt, float* out,
            const AgonCudaControl* control, AgonCudaError* error) {
  return guarded(error, [&] { session->session.vjp(input, examples, seedsOf(*seeds), wrt, out, controlOf(*control)); });
}

int32_t contest(const AgonCudaSession* session, const float* input, int64_t examples, const AgonCudaContest* request, const AgonCudaContestArrays* out,
                const AgonCudaControl* control, AgonCudaError* error) {
  return guarded(error, [&] {
    SummedAxis axis;
    if (request->sum) axis = {request->sum[0], request->sum[1], request->sum[2]};
    const ContestRequest wanted{seedsOf(request->seeds), request->wrt,       request->factor, request->sum ? &axis : nullptr,
                                request->mapLabels,      request->mapCount};
    const ContestArrays arrays{out->best, out->runnerUp, out->worst, out->runnerDown, out->bestLabel, out->worstLabel, out->maps};
    session->session.contest(input, examples, wanted, arrays, controlOf(*control));
  });
}

int32_t createLearner(const AgonCudaProgram* program, const AgonCudaParameter* parameters, int64_t count, int32_t device, AgonCudaLearner** out,
                      AgonCudaError* error) {
  return guarded(error, [&] {
    std::vector<Parameter> fitted;
    for (int64_t p = 0; p < count; p++) fitted.push_back({parameters[p].value, parameters[p].decays != 0});
    *out = new AgonCudaLearner{{programOf(*program), std::move(fitted), device}};
  });
}

void destroyLearner(AgonCudaLearner* learner) { delete learner; }

int64_t inputSize(const AgonCudaLearner* learner) { return learner->learner.inputSize(); }
int64_t parameterCount(const AgonCudaLearner* learner) { return learner->learner.parameterCount(); }
int64_t parameterSize(const AgonCudaLearner* learner, int64_t parameter) { return learner->learner.parameterSize(parameter); }

int32_t pass(AgonCudaLearner* learner, const float* input, const int32_t* labels, int64_t examples, const uint8_t* abort, AgonCudaPassResult* out,
             AgonCudaError* error) {
  return guarded(error, [&] {
    const PassResult result = learner->learner.pass(input, labels, examples, abortOf(abort));
    *out = {result.loss, result.correct};
  });
}

int32_t update(AgonCudaLearner* learner, const AgonCudaAdam* adam, AgonCudaError* error) {
  return guarded(error, [&] { learner->learner.update({adam->step, adam->rate, adam->beta1, adam->beta2, adam->epsilon, adam->decay}); });
}

int32_t read(const AgonCudaLearner* learner, int32_t part, int64_t parameter, float* out, AgonCudaError* error) {
  return guarded(error, [&] { learner->learner.read(static_cast<Part>(part), parameter, out); });
}

int32_t write(AgonCudaLearner* learner, int32_t part, int64_t parameter, const float* in, AgonCudaError* error) {
  return guarded(error, [&] { learner->learner.write(static_cast<Part>(part), parameter, in); });
}

constexpr AgonCudaApi api = {AGON_CUDA_VERSION, device, create, destroy, sizeOf, forward, vjp, contest, createLearner, destroyLearner,
                             inputSize, parameterCount, parameterSize, pass, update, read, write};

}  // namespace

const AgonCudaApi* agon_cuda_api(int32_t version) { return version == AGON_CUDA_VERSION ? &api : nullptr; }
