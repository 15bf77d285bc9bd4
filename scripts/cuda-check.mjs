// The core for GPUs where there is no GPU: its kernels on the host, the whole path of scripts/gpu-check.sh on small nets (packed, carried, compared,
// timed) with the host in the place of a GPU, and packs that hold wrong answers or are damaged, which is noticed. Where nvcc has built the core with the
// addon, also the tests for a GPU, which are skipped with a reason without one. Works in the addon's build folder where that has the core on the host
// (AGON_CUDA_HOST=1); else, and with --sanitize, in that of scripts/native-check.mjs, which runs before: with address and undefined-behaviour sanitizers, and
// for minutes longer.
import { Buffer } from 'node:buffer'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { root, run } from './ensure.mjs'

const addon = `${root}native/build`
const isReady = existsSync(join(addon, 'cuda', 'host', 'libagon_cuda_host_core.a'))
const build = isReady && !process.argv.includes('--sanitize') ? addon : join(addon, 'check')
const work = mkdtempSync(join(tmpdir(), 'agon-gpu-'))
process.on('exit', () => rmSync(work, { recursive: true, force: true }))

make(build, 'agon_cuda_host_test', 'agon_cuda_host_bench')
run('ctest', ['--test-dir', build, '-L', 'cpu', '--no-tests=error', '--verbose'])
checkAsOnGpu()
noticeWrongAnswers()
refuseDamagedPrograms()
testOnGpu(addon)

function make(folder, ...targets) {
  run('cmake', ['--build', folder, '--parallel', `${availableParallelism()}`, '--target', ...targets])
}

/** Small nets with weights of their own and with drawn ones. */
function checkAsOnGpu() {
  const only = ['tiny-cnn', 'tiny-residual', 'tiny-attention'].flatMap((name) => ['--only', name])
  for (const weights of ['own', 'drawn']) {
    const out = join(work, weights)
    run(process.execPath, ['scripts/gpu-pack.mjs', out, '--weights', weights, ...only])
    const steps = weights === 'own' ? 'tests,kinds,agree,time' : 'agree'
    const flags = ['--bin', build, '--out', join(work, `${weights}-out`), '--only', steps, '--seconds', '0']
    run('sh', [join(out, 'scripts', 'gpu-check.sh'), ...flags], {
      AGON_GPU_BENCH: 'agon_cuda_host_bench',
      AGON_GPU_TEST: 'agon_cuda_host_test'
    })
  }
}

/** Answers that are not the net's are found to be wrong: each of them, alone, where its numbers are largest. */
function noticeWrongAnswers() {
  const pack = join(work, 'own', 'models')
  const damages = [
    ['cpu-logits', flipSign],
    ['reference-logits', flipSign],
    ['reference-gradients', flipSign],
    ...['best', 'worst'].flatMap((extreme) => [
      [`reference-${extreme}`, flipSign],
      [`reference-${extreme}-label`, otherLabel, `reference-${extreme}`]
    ])
  ]
  for (const [answer, damage, where = answer] of damages) {
    const [path, numbers] = [answer, where].map((name) => join(pack, 'tiny-cnn', `${name}.npy`))
    const right = readFileSync(path)
    const wrong = Buffer.from(right)
    damage(wrong, wrong.length - fromEndOfLargest(readFileSync(numbers)))
    writeFileSync(path, wrong)
    const { status, stdout } = agree(pack)
    writeFileSync(path, right)
    const against = answer.split('-')[0]
    if (status === 1 && new RegExp(`"against":"packed ${against}".*"pass":false`).test(stdout)) continue
    console.error(`wrong ${answer} were not noticed: exit code ${status}\n${stdout}`)
    process.exit(1)
  }
  console.log(`wrong answers: ${damages.length} noticed`)
}

function flipSign(bytes, at) {
  bytes[at + 3] ^= 0x80
}

function otherLabel(bytes, at) {
  bytes[at] ^= 1
}

/** Bytes from the largest absolute number of an npy file of floats to its end. */
function fromEndOfLargest(npy) {
  const first = 10 + npy.readUInt16LE(8)
  const sizes = Array.from({ length: (npy.length - first) / 4 }, (_, i) => Math.abs(npy.readFloatLE(first + 4 * i)))
  return 4 * (sizes.length - sizes.indexOf(Math.max(...sizes)))
}

function agree(pack) {
  const { status, stdout } = spawnSync(join(build, 'cuda-bench', 'agon_cuda_host_bench'), ['agree', pack, 'tiny-cnn'])
  return { status, stdout: `${stdout}` }
}

/** A program that is cut short, too long, or lies about its sizes is refused by name. */
function refuseDamagedPrograms() {
  const pack = join(work, 'own', 'models')
  const path = join(pack, 'tiny-cnn', 'program.bin')
  const whole = readFileSync(path)
  const lies = [16, 24, 32, 40, 48, 56, 64, 72].map((at) => {
    const lying = Buffer.from(whole)
    lying.writeBigInt64LE(0x7000000000000000n, at)
    return lying
  })
  const damaged = [
    whole.subarray(0, 20),
    whole.subarray(0, 200),
    whole.subarray(0, -4),
    Buffer.concat([whole, whole]),
    ...lies
  ]
  damaged.forEach((bytes, i) => {
    writeFileSync(path, bytes)
    const { status, stdout } = agree(pack)
    if (status === 1 && /"code":"AGON_BAD_FILE"/.test(stdout)) return
    console.error(`damaged program ${i} was not refused: exit code ${status}\n${stdout}`)
    process.exit(1)
  })
  console.log(`damaged programs: ${damaged.length} refused`)
}

/** In the build folder of the addon, whose core for GPUs is ready. */
function testOnGpu(folder) {
  if (!existsSync(join(folder, 'cuda', 'libagon_cuda_core.a'))) {
    console.log('tests for a GPU: skipped, the core for GPUs was not built with the addon (nvcc was not found)')
    return
  }
  make(folder, 'agon_cuda_test', 'agon_cuda_bench')
  run('ctest', ['--test-dir', folder, '-L', 'gpu', '--no-tests=error', '--verbose'])
}
