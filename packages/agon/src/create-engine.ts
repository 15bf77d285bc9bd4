import { AgonError, knownNames, type Engine, type EngineOptions } from '@agon/core'
import { createReferenceEngine } from '@agon/engine-reference'
import { attemptText, createCpuEngine, tryLoadAddon } from '@agon/native'

export type EngineName = 'auto' | 'cpu' | 'reference'

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
export const engineNames: readonly EngineName[] = ['auto', 'cpu', 'reference']

/**
 * Makes an engine. `'auto'` is the native engine if its addon loads, else the reference engine, and `report` says what was
 * skipped and why; a named engine is never substituted. Throws AGON_NO_ENGINE, AGON_UNKNOWN_NAME.
 */
export function createEngine(name: EngineName = 'auto', options: EngineOptions = {}): ChosenEngine {
  if (!engineNames.includes(name)) {
    throw new AgonError('AGON_UNKNOWN_NAME', {
      what: `engine '${String(name)}'`,
      ...knownNames(String(name), engineNames)
    })
  }
  if (name === 'cpu') return { engine: createCpuEngine(options), report: [] }
  if (name === 'reference') return { engine: createReferenceEngine(), report: [] }
  const cpu = cpuStatus()
  if (cpu.available) return { engine: createCpuEngine(options), report: [] }
  return { engine: createReferenceEngine(), report: [`cpu: ${cpu.about}`, ...cpu.attempts] }
}

/** Every engine with its state on this machine. */
export function listEngines(): readonly EngineStatus[] {
  const reference = { name: 'reference', available: true, about: 'readable TypeScript in float64; slow', attempts: [] }
  return [cpuStatus(), reference]
}

function cpuStatus(): EngineStatus {
  const { addon, path, attempts } = tryLoadAddon()
  const about =
    addon === undefined ? 'the native addon did not load' : `native C++${path === undefined ? '' : `, ${path}`}`
  return { name: 'cpu', available: addon !== undefined, about, attempts: attempts.map(attemptText) }
}
