// The C++ test program of the native core (finite differences, bit identity, damaged programs), under address and undefined-behaviour
// sanitizers, once for every instruction set that this processor has. Then, where the tools are found, the same program for arm64 under
// emulation, and the scalar formulas through nvcc: compiled only, no GPU needed.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { root, run, runBeside } from './ensure.mjs'

const build = `${root}native/build/check`
/** All but tiles, which take the emulator as long as all others. */
const emulatedSuites = 'scalars kinds invariance bands cuts contest refusals batch steer bf16 learn'.split(' ')

// The emulator takes one core for some minutes: it begins first, and the sanitized build goes on beside it.
const emulated = runOnArm64()
buildSanitized()
await Promise.all(
  ['baseline', 'best'].map((isa) => runBeside(`${build}/agon_test`, [], isa === 'best' ? {} : { AGON_ISA: isa }))
)
await emulated
compileScalarsForCuda()

function buildSanitized() {
  configure(build, '-DAGON_SANITIZE=ON', '-DCMAKE_CXX_FLAGS_RELEASE=-O1')
  run('cmake', ['--build', build, '--target', 'agon_test', '--parallel', `${availableParallelism()}`])
}

function configure(folder, ...options) {
  const common = ['-DAGON_BUILD_TESTS=ON', '-DAGON_CUDA=OFF', '-DAGON_UNITY=ON', '--log-level=WARNING']
  run('cmake', ['-S', `${root}native`, '-B', folder, ...common, ...options])
}

/** The first of some programs that is on the PATH. */
function found(...programs) {
  return programs.find((program) => spawnSync(program, ['--version']).status === 0)
}

/** The NEON kernels of arm64 as they are released (the baseline ones are the same source as here): without sanitizers, whose memory map the emulator lacks. */
async function runOnArm64() {
  const compiler = found('aarch64-linux-gnu-g++')
  const emulator = found('qemu-aarch64', 'qemu-aarch64-static')
  if (!compiler || !emulator) {
    console.log(`arm64: skipped, ${compiler ? 'qemu-aarch64' : 'aarch64-linux-gnu-g++'} was not found`)
    return
  }
  const folder = `${root}native/build/check-arm64`
  const target = [
    'SYSTEM_NAME=Linux',
    'SYSTEM_PROCESSOR=aarch64',
    `CXX_COMPILER=${compiler}`,
    'EXE_LINKER_FLAGS=-static'
  ]
  configure(folder, ...target.map((each) => `-DCMAKE_${each}`))
  run('cmake', ['--build', folder, '--target', 'agon_test', '--parallel', `${availableParallelism()}`])
  await runBeside(emulator, [`${folder}/agon_test`, ...emulatedSuites], { AGON_ISA: 'neon' })
}

/** include/agon/scalar.h as host and as device code of two architectures; any warning, such as a call of a host-only function, is an error. */
function compileScalarsForCuda() {
  if (!found('nvcc')) {
    console.log('scalar.h under nvcc: skipped, nvcc was not found')
    return
  }
  const folder = mkdtempSync(join(tmpdir(), 'agon-cuda-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  const architectures = [80, 90].flatMap((sm) => ['-gencode', `arch=compute_${sm},code=sm_${sm}`])
  const out = ['-o', join(folder, 'scalar-cuda.o')]
  const flags = ['-c', '-std=c++17', '-Werror', 'all-warnings', ...architectures, '-I', `${root}native/include`]
  run('nvcc', [...flags, ...out, `${root}native/test-cpp/scalar-cuda.cu`])
  console.log('scalar.h under nvcc: compiles for sm_80 and sm_90')
}
