#pragma once
#include "check.h"

void testKindsAgainstCpu();
void testLearnOnDevice();
