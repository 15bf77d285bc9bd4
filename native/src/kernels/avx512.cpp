#define AGON_ISA avx512
#define AGON_WIDTH 16
#define AGON_ROW_VECTORS 4
#define AGON_MOST_OUTPUTS 24
#define AGON_STRETCH 128
#include "hot.h"
#include "lanes-hot.h"
