#pragma once
#include <stdint.h>

/* What crosses between the addon and the library with the core for GPUs: plain C, so that the two may be made by different compilers, and the library is
   loaded only where it is asked for. The one symbol is agon_cuda_api. A change of anything here is another version. */

#ifdef __cplusplus
extern "C" {
#endif

#define AGON_CUDA_VERSION 2

/* Why a call failed: a code of AgonError and a line of text, both ended by 0. */
typedef struct {
  char code[32];
  char text[992];
} AgonCudaError;

/* Of one GPU. Capability: 10 * major + minor. */
typedef struct {
  char name[256];
  int32_t capability;
  int64_t freeBytes;
} AgonCudaDevice;

/* agon::Program, flattened; program.h says what is what. Everything is copied by the call that takes it. */
typedef struct {
  int64_t size;
  int64_t constantSize; /* 0 unless the value is constant */
  const float* constant;
} AgonCudaValue;

typedef struct {
  int64_t size;
  const int32_t* data;
} AgonCudaInts;

typedef struct {
  int32_t kind;
  AgonCudaInts inputs, outputs, ints;
  int64_t numberCount;
  const float* numbers;
  int64_t tableCount;
  const AgonCudaInts* tables;
} AgonCudaInstruction;

typedef struct {
  int64_t valueCount;
  const AgonCudaValue* values;
  int64_t instructionCount;
  const AgonCudaInstruction* instructions;
  int32_t input, output;
} AgonCudaProgram;

typedef struct AgonCudaSession AgonCudaSession;
typedef struct AgonCudaLearner AgonCudaLearner;

/* What every call shares; agon::Control. */
typedef struct {
  const uint8_t* abort;                                          /* made 1, atomically, by another thread to end the call; or null */
  void (*progress)(void* context, int64_t done, int64_t total);  /* on the calling thread; throws nothing; or null */
  void* context;
  int64_t memory;    /* bytes; 0: half of what the device has free */
  int32_t precision; /* 0 fp32, 1 bf16, 2 tf32 */
} AgonCudaControl;

/* agon::Seeds: dense cotangents or labels. */
typedef struct {
  int64_t count;
  const float* dense;
  const int32_t* labels;
  int32_t scaleByLogit;
} AgonCudaSeeds;

/* agon::ContestRequest; sum: outer, extent, inner of the summed axis, or null. */
typedef struct {
  AgonCudaSeeds seeds;
  int32_t wrt;
  const float* factor;
  const int64_t* sum;
  const int32_t* mapLabels;
  int64_t mapCount;
} AgonCudaContest;

/* agon::ContestArrays */
typedef struct {
  float *best, *runnerUp, *worst, *runnerDown;
  int32_t *bestLabel, *worstLabel;
  float* maps;
} AgonCudaContestArrays;

/* agon::Parameter */
typedef struct {
  int32_t value;
  int32_t decays;
} AgonCudaParameter;

/* agon::Adam */
typedef struct {
  double step, rate, beta1, beta2, epsilon, decay;
} AgonCudaAdam;

/* agon::PassResult */
typedef struct {
  double loss;
  int64_t correct;
} AgonCudaPassResult;

/* Every call that takes an error gives 0, or 1 and why: AGON_UNAVAILABLE where there is no such GPU, and what agon::Session and agon::Learner throw. Calls
   of one session may come from several threads, and run one after the other; to a learner comes one call at a time. `part`: agon::Part; `parameter` counts
   those of createLearner from 0. */
typedef struct {
  int32_t version;
  int32_t (*device)(int32_t ordinal, AgonCudaDevice* out, AgonCudaError* error);
  int32_t (*create)(const AgonCudaProgram* program, int32_t device, AgonCudaSession** out, AgonCudaError* error);
  void (*destroy)(AgonCudaSession* session);
  int32_t (*sizeOf)(const AgonCudaSession* session, int32_t value, int64_t* out, AgonCudaError* error);
  int32_t (*forward)(const AgonCudaSession* session, const float* input, int64_t examples, int32_t at, float* out, const AgonCudaControl* control,
                     AgonCudaError* error);
  int32_t (*vjp)(const AgonCudaSession* session, const float* input, int64_t examples, const AgonCudaSeeds* seeds, int32_t wrt, float* out,
                 const AgonCudaControl* control, AgonCudaError* error);
  int32_t (*contest)(const AgonCudaSession* session, const float* input, int64_t examples, const AgonCudaContest* request, const AgonCudaContestArrays* out,
                     const AgonCudaControl* control, AgonCudaError* error);
  int32_t (*createLearner)(const AgonCudaProgram* program, const AgonCudaParameter* parameters, int64_t count, int32_t device, AgonCudaLearner** out,
                           AgonCudaError* error);
  void (*destroyLearner)(AgonCudaLearner* learner);
  int64_t (*inputSize)(const AgonCudaLearner* learner);
  int64_t (*parameterCount)(const AgonCudaLearner* learner);
  int64_t (*parameterSize)(const AgonCudaLearner* learner, int64_t parameter);
  int32_t (*pass)(AgonCudaLearner* learner, const float* input, const int32_t* labels, int64_t examples, const uint8_t* abort, AgonCudaPassResult* out,
                  AgonCudaError* error);
  int32_t (*update)(AgonCudaLearner* learner, const AgonCudaAdam* adam, AgonCudaError* error);
  int32_t (*read)(const AgonCudaLearner* learner, int32_t part, int64_t parameter, float* out, AgonCudaError* error);
  int32_t (*write)(AgonCudaLearner* learner, int32_t part, int64_t parameter, const float* in, AgonCudaError* error);
} AgonCudaApi;

typedef const AgonCudaApi* (*AgonCudaApiOf)(int32_t version);

/* The functions of that version; null if the library has another. */
#if defined(_WIN32)
__declspec(dllexport)
#else
__attribute__((visibility("default")))
#endif
const AgonCudaApi* agon_cuda_api(int32_t version);

#ifdef __cplusplus
}
#endif
