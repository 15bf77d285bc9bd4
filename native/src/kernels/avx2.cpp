#define AGON_ISA avx2
#define AGON_WIDTH 8
#define AGON_REGISTERS 16
#define AGON_LEAST_VECTORS 2
#define AGON_STRETCH 64
#include "hot.h"
#include "lanes-hot.h"
#include "learn-hot.h"
