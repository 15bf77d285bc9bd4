// The C++ test program of the native core (finite differences, bit identity, damaged programs), under address and undefined-behaviour
// sanitizers, once for every instruction set that this processor has.
import { availableParallelism } from 'node:os'
import { root, run } from './ensure.mjs'

const build = `${root}native/build/check`

run('cmake', [
  '-S',
  `${root}native`,
  '-B',
  build,
  '-DAGON_BUILD_TESTS=ON',
  '-DAGON_SANITIZE=ON',
  '-DCMAKE_CXX_FLAGS_RELEASE=-O1',
  '--log-level=WARNING'
])
run('cmake', ['--build', build, '--target', 'agon_test', '--parallel', `${availableParallelism()}`])
for (const isa of ['baseline', 'best']) run(`${build}/agon_test`, [], isa === 'best' ? {} : { AGON_ISA: isa })
