import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createCudaEngine, type CudaEngine } from '../../lib/index.js'
import { cpuEngine } from '../helpers.js'

const built = (name: string): string => join(dirname(cpuEngine().addon), `${name}.so`)

/** The core for GPUs with the host in the place of a GPU: same sources, kernels run thread by thread. */
export const hostLibrary = built('agon_cuda_host')
/** A library of another version. */
export const otherVersion = built('agon_cuda_other_version')

/** Why tests that need these are skipped; undefined if they run. AGON_CUDA_HOST=1, which builds them, makes them a must. */
export const missing =
  existsSync(hostLibrary) || process.env.AGON_CUDA_HOST === '1'
    ? undefined
    : 'needs the host library: AGON_CUDA_HOST=1 npm run build -w @agon/native'

export function hostEngine(): CudaEngine {
  return createCudaEngine({ library: hostLibrary })
}
