import { AgonError, knownNames, type Engine, type EngineOptions } from '@agon/core'
import { createReferenceEngine } from '@agon/engine-reference'
import { attemptText, createCpuEngine, createCudaEngine, cudaStatus, tryLoadAddon } from '@agon/native'

export type EngineName = 'auto' | 'cpu' | 'reference' | 'cuda'

/** An engine, and what was tried on the way to it. */
export interface ChosenEngine {
  readonly engine: Engine
  /** What was tried and why it was skipped, a line each; empty where the first choice was taken. */
  readonly report: readonly string[]
}

/** An engine's state on this machine. */
export interface EngineStatus {
  readonly name: string
  readonly available: boolean
  /** What it is, or why it is not available. */
  readonly about: string
  /** Where its addon was looked for and why each place failed, a line each. */
  readonly attempts: readonly string[]
}

/** The engines that `createEngine` can be asked for by name; `createAgon` adds those of plugins. */
export const engineNames: readonly EngineName[] = ['auto', 'cpu', 'reference', 'cuda']

/** Those that are built in, in the order in which `'auto'` looks for one that can be used here: the GPU, which has not been measured yet, is taken by name only. */
const engines: Readonly<Record<Exclude<EngineName, 'auto'>, Built>> = {
  cpu: { status: cpuStatus, create: createCpuEngine },
  reference: { status: referenceStatus, create: () => createReferenceEngine() },
  cuda: { status: gpuStatus, create: () => createCudaEngine() }
}

interface Built {
  status(): EngineStatus
  create(options: EngineOptions): Engine
}

/**
 * Makes an engine. `'auto'` is the first of cpu and reference that can be used here, and `report` says
 * what was skipped and why; a named engine is never substituted. Throws AGON_NO_ENGINE, AGON_UNAVAILABLE, AGON_UNKNOWN_NAME.
 */
export function createEngine(name: EngineName = 'auto', options: EngineOptions = {}): ChosenEngine {
  if (!engineNames.includes(name)) {
    throw new AgonError('AGON_UNKNOWN_NAME', {
      what: `engine '${String(name)}'`,
      ...knownNames(String(name), engineNames)
    })
  }
  return name === 'auto' ? firstEngine(options) : { engine: engines[name].create(options), report: [] }
}

function firstEngine(options: EngineOptions): ChosenEngine {
  const report: string[] = []
  for (const { status, create } of Object.values(engines)) {
    const { name, available, about, attempts } = status()
    if (available) return { engine: create(options), report }
    report.push(`${name}: ${about}`, ...attempts)
  }
  throw new AgonError('AGON_NO_ENGINE', { what: "engine 'auto'", found: report.join('; ') })
}

/** Every engine with its state on this machine, in the order in which `'auto'` looks for one. */
export function listEngines(): readonly EngineStatus[] {
  return Object.values(engines).map(({ status }) => status())
}

function gpuStatus(): EngineStatus {
  const status = cudaStatus()
  if (!status.available) return { name: 'cuda', available: false, about: status.reason, attempts: status.attempts }
  const { device, capability, library } = status
  return {
    name: 'cuda',
    available: true,
    about: `${device} (compute capability ${capability}), ${library}`,
    attempts: []
  }
}

function cpuStatus(): EngineStatus {
  const { addon, path, attempts } = tryLoadAddon()
  const about =
    addon === undefined ? 'the native addon did not load' : `native C++${path === undefined ? '' : `, ${path}`}`
  return { name: 'cpu', available: addon !== undefined, about, attempts: attempts.map(attemptText) }
}

function referenceStatus(): EngineStatus {
  return { name: 'reference', available: true, about: 'readable TypeScript in float64; slow', attempts: [] }
}
