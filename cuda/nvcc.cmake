# AGON_CUDA_OFF: why the core for GPUs is not built; empty where nvcc can build it. A machine without nvcc, or with one that does not work, is no error.
set(AGON_CUDA_OFF "")
if(NOT AGON_CUDA)
  set(AGON_CUDA_OFF "AGON_CUDA is OFF")
  return()
endif()

# In a project of its own: enable_language would end this one if there is no nvcc, or one that does not go with the host's compiler.
include(CheckLanguage)
check_language(CUDA)
if(NOT CMAKE_CUDA_COMPILER)
  unset(CMAKE_CUDA_COMPILER CACHE) # so that the next run looks again
  find_program(AGON_NVCC nvcc)
  set(AGON_CUDA_OFF "nvcc was not found (CUDACXX names one that is not on the PATH)")
  if(AGON_NVCC)
    set(AGON_CUDA_OFF "${AGON_NVCC} does not work with this host compiler")
  endif()
  unset(AGON_NVCC CACHE)
  return()
endif()

execute_process(COMMAND ${CMAKE_CUDA_COMPILER} --version OUTPUT_VARIABLE AGON_NVCC_TEXT)
string(REGEX MATCH "release ([0-9.]+)" AGON_NVCC_TEXT "${AGON_NVCC_TEXT}")
set(AGON_NVCC_VERSION "${CMAKE_MATCH_1}")
if(AGON_NVCC_VERSION VERSION_LESS AGON_CUDA_OLDEST)
  set(AGON_CUDA_OFF "${CMAKE_CUDA_COMPILER} is version '${AGON_NVCC_VERSION}', older than ${AGON_CUDA_OLDEST}")
endif()
