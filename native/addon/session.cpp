#include "session.h"

#include "home.h"
#include "instance.h"
#include "unpack.h"

#include <algorithm>
#include <iterator>

namespace {

/// Seeds with the memory that they point to.
struct OwnedSeeds {
  int64_t count = 0;
  std::vector<float> dense;
  std::vector<int32_t> labels;
  bool scaleByLogit = false, averaged = false;

  agon::Seeds view() const {
    return {count, dense.empty() ? nullptr : dense.data(), labels.empty() ? nullptr : labels.data(), scaleByLogit, averaged};
  }
};

/// A contest's arguments with the memory that they point to.
struct OwnedContest {
  std::vector<float> input, factor;
  int32_t wrt = 0;
  int64_t examples = 0;
  OwnedSeeds seeds;
  std::vector<int32_t> mapLabels;
  int64_t mapCount = 0;
  bool sums = false;
  agon::SummedAxis sum;
  agon::ContestArrays out{};
};

int64_t numberOf(const Napi::Value& value, const char* what) {
  if (!value.IsNumber()) throw internalError(value.Env(), std::string(what) + ": not a number");
  return value.As<Napi::Number>().Int64Value();
}

void assertSize(Napi::Env env, size_t found, int64_t expected, const char* what) {
  if (static_cast<int64_t>(found) == expected) return;
  throw internalError(env, std::string(what) + ": expected " + std::to_string(expected) + " elements, found " + std::to_string(found));
}

agon::Choice choiceOf(const Napi::Value& value, const char* what) {
  const int64_t choice = numberOf(value, what);
  if (choice < 0 || choice > static_cast<int64_t>(agon::Choice::Always)) throw internalError(value.Env(), std::string(what) + ": not a choice");
  return static_cast<agon::Choice>(choice);
}

/// Of core's list of names; each core knows its own.
constexpr int64_t lastPrecision = 2;

agon::Precision precisionOf(const Napi::Value& value) {
  const int64_t precision = numberOf(value, "precision");
  if (precision < 0 || precision > lastPrecision) throw internalError(value.Env(), "precision: not one");
  return static_cast<agon::Precision>(precision);
}

Choices choicesOf(const Napi::Value& from) {
  if (!from.IsObject()) throw internalError(from.Env(), "choices: not an object");
  const auto choices = from.As<Napi::Object>();
  return {choiceOf(choices.Get("waist"), "waist"), choiceOf(choices.Get("meet"), "meet"), choiceOf(choices.Get("batch"), "batch")};
}

OwnedSeeds seedsOf(const Napi::Object& from, int64_t examples, int64_t outputSize) {
  OwnedSeeds seeds;
  seeds.count = numberOf(from.Get("count"), "count of seeds");
  seeds.dense = floatsOf(from.Get("dense"), "dense cotangents");
  seeds.labels = int32sOf(from.Get("labels"), "labels");
  seeds.scaleByLogit = from.Get("scaleByLogit").ToBoolean();
  seeds.averaged = from.Get("averaged").ToBoolean();
  if (seeds.dense.empty()) assertSize(from.Env(), seeds.labels.size(), examples * seeds.count, "labels");
  if (seeds.labels.empty()) assertSize(from.Env(), seeds.dense.size(), seeds.count * examples * outputSize, "dense cotangents");
  return seeds;
}

/// The memory of the arrays of a contest; the object that holds them must be kept alive.
agon::ContestArrays arraysIn(const Napi::Object& from, int64_t mapSize, int64_t mapCount) {
  auto floats = [&](const char* name) { return floatsIn(from.Get(name), mapSize, name); };
  auto labels = [&](const char* name) { return int32sIn(from.Get(name), mapSize, name); };
  return {floats("best"),      floats("runnerUp"),   floats("worst"), floats("runnerDown"),
          labels("bestLabel"), labels("worstLabel"), floatsIn(from.Get("maps"), mapCount * mapSize, "maps")};
}

OwnedContest contestOf(const Napi::CallbackInfo& info, const Core& session, int64_t inputSize, int64_t outputSize) {
  OwnedContest contest;
  const auto request = info[2].As<Napi::Object>();
  contest.input = floatsOf(info[0], "input");
  contest.examples = numberOf(info[1], "examples");
  assertSize(info.Env(), contest.input.size(), contest.examples * inputSize, "input");
  contest.seeds = seedsOf(request, contest.examples, outputSize);
  contest.wrt = static_cast<int32_t>(numberOf(request.Get("wrt"), "wrt"));
  const int64_t size = session.sizeOf(contest.wrt);
  contest.factor = floatsOf(request.Get("factor"), "factor");
  if (!contest.factor.empty()) assertSize(info.Env(), contest.factor.size(), contest.examples * size, "factor");
  contest.mapCount = numberOf(request.Get("mapCount"), "mapCount");
  contest.mapLabels = int32sOf(request.Get("mapLabels"), "mapLabels");
  assertSize(info.Env(), contest.mapLabels.size(), contest.examples * contest.mapCount, "mapLabels");
  const auto axis = int32sOf(request.Get("sum"), "sum");
  contest.sums = !axis.empty();
  if (contest.sums) {
    assertSize(info.Env(), axis.size(), 3, "sum");
    contest.sum = {axis[0], axis[1], axis[2]};
  }
  const int64_t mapSize = contest.sums ? contest.sum.outer * contest.sum.inner : size;
  contest.out = arraysIn(info[3].As<Napi::Object>(), contest.examples * mapSize, contest.mapCount);
  return contest;
}

/// lib/plan.ts reads this: nine numbers per instruction, then the seconds of forward pass and fold.
int64_t traceSize(int64_t instructions) { return 9 * instructions + 2; }

void writeTrace(const agon::Trace& trace, double* out) {
  for (const agon::Step& step : trace.steps) {
    const double numbers[] = {static_cast<double>(step.way),     static_cast<double>(step.alive),    static_cast<double>(step.outputs),
                              static_cast<double>(step.wanted),  static_cast<double>(step.inputs),   static_cast<double>(step.products),
                              static_cast<double>(step.denseProducts), step.seconds,                 static_cast<double>(step.labels)};
    out = std::copy(std::begin(numbers), std::end(numbers), out);
  }
  *out++ = trace.forwardSeconds;
  *out = trace.foldSeconds;
}

}  // namespace

Napi::Function NativeSession::define(Napi::Env env) {
  return DefineClass(env, "NativeSession",
                     {InstanceMethod("forward", &NativeSession::forward), InstanceMethod("vjp", &NativeSession::vjp),
                      InstanceMethod("contest", &NativeSession::contest), InstanceMethod("dispose", &NativeSession::dispose)});
}

NativeSession::NativeSession(const Napi::CallbackInfo& info) : Napi::ObjectWrap<NativeSession>(info) {
  callCore(info.Env(), [&] {
    auto program = programOf(info[0].As<Napi::Object>());
    const int32_t input = program.input, output = program.output;
    instructions_ = static_cast<int64_t>(program.instructions.size());
    auto session = homeOf(info[1]).core(std::move(program));
    inputSize_ = session->sizeOf(input);
    outputSize_ = session->sizeOf(output);
    session_ = std::move(session);
    choices_ = choicesOf(info[2]);
  });
}

std::shared_ptr<const Core> NativeSession::alive(Napi::Env env) const {
  if (session_ == nullptr) throw errorOf(env, agon::Error("AGON_DISPOSED", "session: used after dispose()"));
  return session_;
}

void NativeSession::dispose(const Napi::CallbackInfo&) { session_.reset(); }

Napi::Value NativeSession::start(Napi::Env env, const Pass& pass, Job::Work work, int64_t memory, const Napi::Value& progress, const Napi::Object& outputs) {
  auto note = [pace = pace_, pass](double seconds) { pace->note(pass, seconds); };
  const bool runsHere = session_->isCpu() && !progress.IsFunction() && pace_->isShort(pass) && Instance::of(env).mayKeep();
  if (!runsHere) return Job::start(env, std::move(work), memory, progress, outputs, std::move(note));
  Job::runHere(env, work, memory, note);
  return env.Undefined();
}

Napi::Value NativeSession::forward(const Napi::CallbackInfo& info) {
  auto session = alive(info.Env());
  auto input = floatsOf(info[0], "input");
  const int64_t examples = numberOf(info[1], "examples");
  const auto at = static_cast<int32_t>(numberOf(info[2], "at"));
  assertSize(info.Env(), input.size(), examples * inputSize_, "input");
  float* out = floatsIn(info[3], examples * session->sizeOf(at), "out");
  auto work = [session, choices = choices_, input = std::move(input), examples, at, out](const agon::Control& control) {
    session->forward(input.data(), examples, at, out, choices.in(control));
  };
  return start(info.Env(), {Pass::Kind::Forward, at, examples}, std::move(work), 0, info.Env().Undefined(), info[3].As<Napi::Object>());
}

Napi::Value NativeSession::vjp(const Napi::CallbackInfo& info) {
  auto session = alive(info.Env());
  auto input = floatsOf(info[0], "input");
  const int64_t examples = numberOf(info[1], "examples");
  auto seeds = seedsOf(info[2].As<Napi::Object>(), examples, outputSize_);
  const auto wrt = static_cast<int32_t>(numberOf(info[3], "wrt"));
  assertSize(info.Env(), input.size(), examples * inputSize_, "input");
  float* out = floatsIn(info[4], seeds.count * examples * session->sizeOf(wrt), "out");
  const Pass pass = {Pass::Kind::Vjp, wrt, examples * seeds.count};
  auto work = [session, choices = choices_, input = std::move(input), examples, seeds = std::move(seeds), wrt, out,
               precision = precisionOf(info[6])](const agon::Control& control) {
    session->vjp(input.data(), examples, seeds.view(), wrt, out, choices.in(control, precision));
  };
  return start(info.Env(), pass, std::move(work), numberOf(info[5], "memory"), info[7], info[4].As<Napi::Object>());
}

Napi::Value NativeSession::contest(const Napi::CallbackInfo& info) {
  auto session = alive(info.Env());
  auto owned = std::make_shared<OwnedContest>(contestOf(info, *session, inputSize_, outputSize_));
  const auto trace = info[3].As<Napi::Object>().Get("trace");
  double* const traced = trace.IsUndefined() ? nullptr : doublesIn(trace, traceSize(instructions_), "trace");
  auto work = [session, choices = choices_, owned, traced, precision = precisionOf(info[5])](const agon::Control& given) {
    agon::Trace trace;
    agon::Control control = choices.in(given, precision);
    if (traced) control.trace = &trace;
    agon::ContestRequest request;
    request.seeds = owned->seeds.view();
    request.wrt = owned->wrt;
    request.factor = owned->factor.empty() ? nullptr : owned->factor.data();
    request.sum = owned->sums ? &owned->sum : nullptr;
    request.mapLabels = owned->mapLabels.data();
    request.mapCount = owned->mapCount;
    session->contest(owned->input.data(), owned->examples, request, owned->out, control);
    if (traced) writeTrace(trace, traced);
  };
  const Pass pass = {Pass::Kind::Contest, owned->wrt, owned->examples * owned->seeds.count};
  return start(info.Env(), pass, std::move(work), numberOf(info[4], "memory"), info[6], info[3].As<Napi::Object>());
}
