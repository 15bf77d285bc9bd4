#pragma once
#include <agon/functions.h>
