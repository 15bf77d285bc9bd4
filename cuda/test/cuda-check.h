#pragma once
#include "check.h"

/// Values of the input x [examples, input], and cotangents of five dense seeds, against those of the CPU.
void compareWithCpu(const agon::Program& program, const std::vector<float>& x, int64_t examples, const std::string& name, Random& random);

void testKindsAgainstCpu();
void testWindowsAgainstCpu();
void testContestsAgainstCpu();
void testElementwise();
void testProductsAgainstCpu();
void testTileProducts();
void testWaist();
void testTransfers();
void testPin();
void testWeightGradients();
void testLearners();
