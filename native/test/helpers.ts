import { createRandom, sizeOf, type Model, type Session, type Tensor } from '@agon/core'
import { createCpuEngine, tryLoadAddon, type CpuEngine, type CpuEngineOptions } from '../lib/index.js'

/** The engine under test. Throws, so that tests fail and are not skipped, where the addon was not built. */
export function cpuEngine(threads = 2, options: CpuEngineOptions = {}): CpuEngine {
  const loaded = tryLoadAddon()
  if (loaded.addon !== undefined) return createCpuEngine({ ...options, threads })
  const reasons = loaded.attempts.map(({ from, reason }) => `${from}: ${reason}`).join('; ')
  throw new Error(`The native addon is not built (${reasons}). Build it: npm run build -w @agon/native`)
}

/** The kernels of this processor's family, the plainest first: a machine has those up to its engine's `instructionSet`. */
export const instructionSets: readonly string[] =
  process.arch === 'arm64' ? ['baseline', 'neon'] : ['baseline', 'avx2', 'avx512', 'amx']

export async function load(model: Model, threads?: number): Promise<Session> {
  return cpuEngine(threads).load(model)
}

/** Numbers that no function has a kink at: normal, from the stream of `seed`. */
export function randomTensor(shape: readonly number[], seed = 1): Tensor {
  const random = createRandom(seed)
  return { shape, data: Float32Array.from({ length: sizeOf(shape) }, () => random.normal()) }
}

/** The same bits, 0 and -0 apart. */
export function sameBits(a: Float32Array | Int32Array, b: Float32Array | Int32Array): boolean {
  return Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(Buffer.from(b.buffer, b.byteOffset, b.byteLength))
}

export function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i)
}
