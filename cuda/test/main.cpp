#include "cuda-check.h"

#include <agon/cuda-session.h>

int main() {
  try {
    Builder nothing(1);
    const agon::cuda::Session session(nothing.finish(0), 0);
    std::printf("device: %s\n", session.deviceName());
  } catch (const agon::Error& error) {
    if (error.code() != "AGON_UNAVAILABLE") throw;
    std::printf("skipped: %s\n", error.what());
    return 77;
  }
  testTileProducts();
  testWaist();
  testTransfers();
  testPin();
  testKindsAgainstCpu();
  testWindowsAgainstCpu();
  testContestsAgainstCpu();
  testElementwise();
  testProductsAgainstCpu();
  testWeightGradients();
  testLearners();
  std::printf("cuda: %d passed, %d failed\n", check::passes, check::failures);
  return check::failures == 0 ? 0 : 1;
}
