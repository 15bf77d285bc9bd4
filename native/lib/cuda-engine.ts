import { AgonError, assertWhole, precisions, resolveOptions, type Engine, type Learner, type Model } from '@agon/core'
import { choices } from './addon.js'
import { openGpu } from './cuda-library.js'
import { load } from './engine.js'
import { createLearner } from './learner.js'
import type { Runtime } from './prepared.js'

export interface CudaEngineOptions {
  /** Which GPU, counted from 0 as CUDA counts those that it may see. Default 0. */
  readonly device?: number
  /** Path of the library with the core for GPUs, in place of looking for it. */
  readonly library?: string
  /** Path of the addon, in place of looking for it. */
  readonly addon?: string
}

/** The engine and what it runs on. */
export interface CudaEngine extends Engine {
  readonly name: 'cuda'
  /** Name of the GPU. */
  readonly device: string
  /** Its compute capability, `9.0`. */
  readonly capability: string
  /** Operators that it fits: those of the CPU's engine. Throws AGON_UNSUPPORTED_OPERATOR naming every node with another. */
  learner(model: Model): Promise<Learner>
  /** Where the library with its core was found. */
  readonly library: string
}

/** Whether the GPU's engine can be made here, and on what, or why not. */
export type CudaStatus =
  | { readonly available: true; readonly device: string; readonly capability: string; readonly library: string }
  | {
      readonly available: false
      /** `cuda: unavailable (no driver)` */
      readonly reason: string
      /** Where its library was looked for and why each place failed, a line each. */
      readonly attempts: readonly string[]
    }

const defaults = {
  device: 0,
  library: undefined as string | undefined,
  addon: undefined as string | undefined
}

/** Looks for a GPU that the engine can run on. Throws AGON_BAD_OPTION for an option that does not exist or has a wrong value. */
export function cudaStatus(given: CudaEngineOptions = {}): CudaStatus {
  const opened = gpuOf('cudaStatus', given)
  if ('reason' in opened) return { available: false, ...opened }
  const { gpu, library } = opened
  return { available: true, device: gpu.name, capability: capabilityText(gpu.capability), library }
}

/**
 * The engine on an NVIDIA GPU: the contracts of the CPU's. Weights, activations and cotangents stay on the device; `memory` bounds the cotangents of a chunk of
 * labels, by default half of what the device has free. It makes no plans. Throws AGON_UNAVAILABLE with the reason where there is no GPU to run on, and
 * AGON_BAD_OPTION for an option that does not exist or has a wrong value.
 */
export function createCudaEngine(given: CudaEngineOptions = {}): CudaEngine {
  const opened = gpuOf('createCudaEngine', given)
  if ('reason' in opened) throw noGpu(opened.reason, opened.attempts)
  const { addon, gpu, library } = opened
  const runtime: Runtime = {
    precisions,
    plans: false,
    prepare: (program) => new addon.NativeSession(program, gpu.home, usual)
  }
  return {
    name: 'cuda',
    device: gpu.name,
    capability: capabilityText(gpu.capability),
    library,
    load: async (model) => load(model, runtime),
    learner: async (model) => createLearner(model, addon, gpu.home)
  }
}

const auto = choices.indexOf('auto')
/** Ways that only the CPU's core has a choice of. */
const usual = { waist: auto, meet: auto, batch: auto }

function gpuOf(owner: string, given: CudaEngineOptions) {
  const { device, library, addon } = resolveOptions(owner, defaults, given)
  assertWhole(`${owner}: option 'device'`, device, 0, 1023)
  return openGpu(device, library, addon)
}

function capabilityText(capability: number): string {
  return `${Math.floor(capability / 10)}.${capability % 10}`
}

function noGpu(reason: string, attempts: readonly string[]): AgonError {
  return new AgonError('AGON_UNAVAILABLE', {
    what: reason,
    ...(attempts.length > 0 && { found: attempts.join('; ') }),
    remedy: 'docs/gpu.md says what it needs; the CPU engine runs everywhere.'
  })
}
