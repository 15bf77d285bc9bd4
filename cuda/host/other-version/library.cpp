// A library that has another version of the functions than any addon asks for: for the test that it is refused.
#include <agon/cuda.h>

const AgonCudaApi* agon_cuda_api(int32_t) { return nullptr; }
