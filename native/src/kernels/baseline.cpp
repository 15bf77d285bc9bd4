#define AGON_ISA baseline
#define AGON_WIDTH 4
#define AGON_REGISTERS 16
#define AGON_LEAST_VECTORS 2
#define AGON_STRETCH 128
#include "hot.h"
#include "lanes-hot.h"
#include "learn-hot.h"
