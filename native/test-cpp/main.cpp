#include "check.h"

int main() {
  testScalars();
  testKinds();
  testInvariance();
  testBands();
  testCuts();
  testContest();
  testRefusals();
  testBatch();
  testSteer();
  testTiles();
  testBf16();
  testLearn();
  std::printf("%s: %d passed, %d failed\n", agon::instructionSet(), check::passes, check::failures);
  return check::failures == 0 ? 0 : 1;
}
