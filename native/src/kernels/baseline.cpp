#define AGON_ISA baseline
#define AGON_WIDTH 4
#define AGON_ROW_VECTORS 2
#define AGON_MOST_OUTPUTS 12
#define AGON_STRETCH 256
#include "hot.h"
#include "lanes-hot.h"
