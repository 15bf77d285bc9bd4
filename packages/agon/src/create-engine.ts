import { AgonError, knownNames, type Engine, type EngineOptions } from '@agon/core'
import { createReferenceEngine } from '@agon/engine-reference'
import { attemptText, createCpuEngine, createCudaEngine, cudaStatus, tryLoadAddon } from '@agon/native'

export type EngineName = 'auto' | 'cuda' | 'cpu' | 'reference'

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
export const engineNames: readonly EngineName[] = ['auto', 'cuda', 'cpu', 'reference']

/** Those that are built in, the first that `'auto'` takes first: the order in which it looks for one that can be used here. */
const engines: Readonly<Record<Exclude<EngineName, 'auto'>, Built>> = {
  cuda: { status: gpuStatus, create: () => createCudaEngine() },
  cpu: { status: cpuStatus, create: createCpuEngine },
  reference: { status: referenceStatus, create: () => createReferenceEngine() }
}

/** What an engine is wanted for, beside what it is made with. */
export interface ChoosingOptions extends EngineOptions {
  /** `'auto'` takes only one that fits models (`Engine.learner`). */
  readonly learns?: boolean
}

interface Built {
  status(): EngineStatus
  create(options: EngineOptions): Engine
}

/**
 * Makes an engine. `'auto'` is the first of cuda, cpu and reference that can be used here, and `report` says
 * what was skipped and why; a named engine is never substituted. Throws AGON_NO_ENGINE, AGON_UNAVAILABLE, AGON_UNKNOWN_NAME.
 */
export function createEngine(name: EngineName = 'auto', options: ChoosingOptions = {}): ChosenEngine {
  if (!engineNames.includes(name)) {
    throw new AgonError('AGON_UNKNOWN_NAME', {
      what: `engine '${String(name)}'`,
      ...knownNames(String(name), engineNames)
    })
  }
  const { learns = false, ...made } = options
  return name === 'auto' ? firstEngine(made, learns) : { engine: engines[name].create(made), report: [] }
}

function firstEngine(options: EngineOptions, learns: boolean): ChosenEngine {
  const skipped = new Set<string>()
  for (const { status, create } of Object.values(engines)) {
    const { name, available, about, attempts } = status()
    const engine = available ? create(options) : undefined
    if (engine && (engine.learner || !learns)) return { engine, report: [...skipped] }
    const why = engine ? 'fits no models' : about
    for (const line of [why.startsWith(`${name}: `) ? why : `${name}: ${why}`, ...attempts]) skipped.add(line)
  }
  throw new AgonError('AGON_NO_ENGINE', { what: "engine 'auto'", found: [...skipped].join('; ') })
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
