// What goes between the host and the device: an example and its labels once, its results once, and nothing per chunk of labels.
#include "against-cpu.h"

namespace {

constexpr int examples = 2, channels = 3, pixels = 144, labels = 70;
constexpr int64_t inputSize = channels * pixels, word = 4;

std::string textOf(const agon::cuda::Transfers& t) {
  return std::to_string(t.uploads) + " uploads of " + std::to_string(t.uploadedBytes) + " bytes, " + std::to_string(t.downloads) + " downloads of " +
         std::to_string(t.downloadedBytes) + " bytes";
}

void expectTransfers(const agon::cuda::Transfers& found, const agon::cuda::Transfers& expected, const std::string& what) {
  const agon::cuda::Transfers apart = found - expected;
  const bool same = apart.uploads == 0 && apart.uploadedBytes == 0 && apart.downloads == 0 && apart.downloadedBytes == 0;
  check::that(same, what + ": expected " + textOf(expected) + ", found " + textOf(found));
}

/// One net with its input, and what its calls transfer.
struct Meter {
  explicit Meter(const agon::Program& program) : output(program.output), gpu(program, 0), x(normal(examples * inputSize, random)), factor(normal(examples * inputSize, random)) {
    for (int i = 0; i < examples * labels; i++) chosen.push_back(i * 37 % labels);
  }

  template <class Call>
  agon::cuda::Transfers of(Call call) {
    const agon::cuda::Transfers before = gpu.transfers();
    calls = 0;
    control.progress = [this](int64_t, int64_t) { calls++; };
    call();
    return gpu.transfers() - before;
  }
  agon::cuda::Transfers ofContest(const float* by, int64_t kept) {
    std::vector<float> numbers((4 + kept) * examples * pixels);
    std::vector<int32_t> places(2 * examples * pixels);
    float* const to = numbers.data();
    const int64_t size = examples * pixels;
    const agon::SummedAxis axis{1, channels, pixels};
    const std::vector<int32_t> maps(kept * examples, chosen[3]);
    return of([&] {
      gpu.contest(x.data(), examples, {{labels, nullptr, chosen.data()}, -1, by, &axis, maps.data(), kept},
                  {to, to + size, to + 2 * size, to + 3 * size, places.data(), places.data() + size, to + 4 * size}, control);
    });
  }
  agon::cuda::Transfers ofVjp(int64_t count, const float* dense) {
    return of([&] { vjp(gpu, x, examples, {count, dense, dense ? nullptr : chosen.data()}, control); });
  }

  Random random{32};
  const int32_t output;
  agon::cuda::Session gpu;
  std::vector<float> x, factor;
  std::vector<int32_t> chosen;
  agon::Control control;
  int calls = 0;
};

/// Budgets that hold all labels, and a few.
constexpr int64_t budgets[] = {int64_t{64} << 20, int64_t{100} << 10};

void testContestTransfers(Meter& meter) {
  int most = 0;
  for (const int64_t budget : budgets) {
    meter.control.memory = budget;
    meter.control.waist = agon::Choice::Never;
    const std::string what = "contest in " + std::to_string(budget) + " bytes";
    const int64_t given = word * (inputSize + labels), results = 7 * word * pixels;
    expectTransfers(meter.ofContest(meter.x.data(), 0), {2 * examples, examples * given, examples, examples * results}, what);
    most = meter.calls;
    expectTransfers(meter.ofContest(meter.factor.data(), 0), {3 * examples, examples * (given + word * inputSize), examples, examples * results},
                    what + ", by another factor");
  }
  check::that(most > 4 * examples, "the budget splits the labels of a contest");
  const agon::cuda::Transfers plain = meter.ofContest(meter.x.data(), 0), kept = meter.ofContest(meter.x.data(), 2);
  check::that(kept.uploads == plain.uploads + examples && kept.downloads == plain.downloads + 2 * examples, "kept maps are downloaded once: " + textOf(kept));
}

/// A few bytes more: which values narrow to how many units is counted on the device and chosen by the host.
void testWaistTransfers(Meter& meter) {
  meter.control.waist = agon::Choice::Always;
  const auto transfersIn = [&](int64_t budget) {
    meter.control.memory = budget;
    return meter.ofContest(meter.x.data(), 0);
  };
  const agon::cuda::Transfers whole = transfersIn(budgets[0]);
  check::that(whole.uploads <= 3 * examples && whole.downloads <= 2 * examples, "a waist costs one upload and one download at most: " + textOf(whole));
  expectTransfers(transfersIn(budgets[1]), whole, "a waist in few bytes");
}

void testVjpTransfers(Meter& meter) {
  const auto dense = normal(static_cast<size_t>(labels) * examples * labels, meter.random);
  for (const int64_t budget : budgets) {
    meter.control.memory = budget;
    for (const float* seeds : {static_cast<const float*>(nullptr), dense.data()}) {
      const agon::cuda::Transfers found = meter.ofVjp(labels, seeds);
      const int64_t given = word * examples * (inputSize + (seeds ? labels * labels : labels)), results = word * labels * examples * inputSize;
      // Chunks are downloaded one by one, and so are dense seeds uploaded.
      const int64_t groups = examples, uploads = seeds ? groups + meter.calls : 2 * groups;
      check::that(found.uploadedBytes == given && found.downloadedBytes == results, "vjp: everything once: " + textOf(found));
      check::that(found.uploads <= uploads + (seeds ? labels * examples : 0), "vjp: " + textOf(found));
    }
  }
  // Few labels: both examples in one frame.
  meter.control.memory = budgets[0];
  expectTransfers(meter.ofVjp(5, nullptr), {2, word * examples * (inputSize + 5), 1, word * 5 * examples * inputSize}, "vjp of few labels");
  expectTransfers(meter.ofVjp(5, dense.data()), {2, word * examples * (inputSize + 5 * labels), 1, word * 5 * examples * inputSize}, "dense vjp of few labels");
}

/// A forward pass takes as many examples at a time as the budget holds, and gives the same bits.
void testForwardGroups(Meter& meter) {
  constexpr int64_t many = 40;
  const auto x = normal(many * inputSize, meter.random);
  const auto run = [&](int64_t budget, int64_t* groups) {
    std::vector<float> y(many * labels);
    meter.control.memory = budget;
    *groups = meter.of([&] { meter.gpu.forward(x.data(), many, meter.output, y.data(), meter.control); }).uploads;
    return y;
  };
  int64_t few = 0, some = 0, one = 0;
  const auto whole = run(int64_t{64} << 20, &few);
  check::that(run(100 << 10, &some) == whole && run(1, &one) == whole, "examples of a forward pass run together or not: the same bits");
  const std::string groups = std::to_string(few) + ", " + std::to_string(some) + ", " + std::to_string(one);
  check::that(few == 2 && few < some && some < one && one == many, "groups of a forward pass: " + groups);
}

}  // namespace

void testTransfers() {
  try {
    Random random(31);
    Meter meter(smallNet(labels, random));
    testContestTransfers(meter);
    testWaistTransfers(meter);
    testVjpTransfers(meter);
    testForwardGroups(meter);
  } catch (const agon::Error& error) {
    check::that(false, std::string("transfers: ") + error.what());
  }
}
