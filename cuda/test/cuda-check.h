#pragma once
#include "check.h"

void testKindsAgainstCpu();
void testWeightGradients();
void testLearners();
