#pragma once
// C++ exceptions of every kind become JavaScript exceptions instead of ending the process. CMakeLists.txt sets the version of Node-API, and
// that exceptions which a terminating JavaScript thread cannot take are dropped.
#define NODE_ADDON_API_CPP_EXCEPTIONS_ALL
#include <napi.h>
