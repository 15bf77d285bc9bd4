#include <cstring>

#include "check.h"

namespace {

struct Suite {
  const char* name;
  void (*run)();
};

constexpr Suite suites[] = {{"scalars", testScalars}, {"kinds", testKinds},       {"invariance", testInvariance}, {"bands", testBands}, {"cuts", testCuts},
                            {"contest", testContest}, {"refusals", testRefusals}, {"batch", testBatch},           {"steer", testSteer}, {"tiles", testTiles},
                            {"bf16", testBf16},       {"learn", testLearn},     {"buffers", testBuffers}, {"regions", testRegions},      {"kernels", testKernels},       {"rows", testRows}};

bool isChosen(const Suite& suite, int count, char** names) {
  for (int i = 0; i < count; i++)
    if (std::strcmp(names[i], suite.name) == 0) return true;
  return count == 0;
}

}  // namespace

/// Runs the suites that are named, or all.
int main(int count, char** arguments) {
  int chosen = 0;
  for (const Suite& suite : suites) {
    if (!isChosen(suite, count - 1, arguments + 1)) continue;
    chosen++;
    suite.run();
  }
  if (chosen < (count > 1 ? count - 1 : 1)) {
    std::printf("no such suite\n");
    return 2;
  }
  std::printf("%s: %d passed, %d failed\n", agon::instructionSet(), check::passes, check::failures);
  return check::failures == 0 ? 0 : 1;
}
