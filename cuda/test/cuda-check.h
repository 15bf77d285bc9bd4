#pragma once
#include "check.h"

void testKindsAgainstCpu();
void testTileProducts();
void testWaist();
