#pragma once
#include "check.h"

void testKindsAgainstCpu();
void testProductsAgainstCpu();
void testTileProducts();
