#pragma once
#include "core.h"

#include <agon/cuda.h>

#include <string>

/// The library with the core for GPUs, loaded when it is first asked for and never unloaded.
/// Throws AGON_UNAVAILABLE, `cuda: unavailable (why)`: no library at that path, one that does not load, of another version.
const AgonCudaApi& openCuda(const std::string& path);

/// Throws AGON_UNAVAILABLE, `cuda: unavailable (why)`: no driver, no such device, one that is too old.
AgonCudaDevice cudaDevice(const AgonCudaApi& api, int32_t ordinal);

std::shared_ptr<const Home> cudaHome(const AgonCudaApi& api, int32_t ordinal);
