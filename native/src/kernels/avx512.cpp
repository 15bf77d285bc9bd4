#define AGON_ISA avx512
#define AGON_WIDTH 16
#define AGON_REGISTERS 32
#define AGON_LEAST_VECTORS 4
#define AGON_STRETCH 128
#include "hot.h"
#include "lanes-hot.h"
#include "learn-hot.h"
