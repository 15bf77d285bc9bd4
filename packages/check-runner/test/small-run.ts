import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRandom, spearman, type Check, type Engine, type Metric } from '@agon/core'
import { createReferenceEngine } from '@agon/engine-reference'
import { cgi, gradientTimesInput } from '@agon/methods'
import { cascading, randomLogit, randomMap, withThinning } from '@agon/sanity-checks'
import { tinyCnn } from '@agon/testing'
import { afterAll } from 'vitest'
import type { Matrix, MatrixInput, NamedFigure, RunOptions } from '../src/index.js'

/** A folder that is removed after the tests of a file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'agon-runner-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const net = tinyCnn()

export const absolute: NamedFigure = {
  name: 'spearman(abs)',
  cite: 'Spearman 1904',
  direction: 'higher',
  same: 1,
  compare: (a, b) => spearman(a.map(Math.abs), b.map(Math.abs))
}

/** Asks for one other map, so that it has a cost of its own and one of maps. */
export const change: Metric = {
  name: 'change',
  cite: 'none',
  direction: 'lower',
  range: [0, Infinity],
  options: {},
  async measure({ input, attribution, explain }) {
    const other = await explain({ shape: input.shape, data: input.data.map((value) => value * 1.01) })
    const size = attribution.data.length / input.shape[0]!
    return Array.from({ length: input.shape[0]! }, (_, n) => {
      const at = (map: Float32Array): number =>
        map.subarray(n * size, (n + 1) * size).reduce((sum, v) => sum + v * v, 0)
      return { value: Math.abs(at(other.data) - at(attribution.data)), samples: 1, spread: NaN }
    })
  }
}

export function inputNamed(name: string): MatrixInput {
  const data = new Float32Array(net.inputShape.reduce((a, b) => a * b))
  createRandom(5).fork(name).normals(data)
  return { name, sha256: `of ${name}`, input: { shape: net.inputShape, data } }
}

/** Two methods and two controls, two checks of 2 draws, two inputs: 8 maps, 2 turfs, 8 scores, 64 cells. */
export function smallMatrix(given: Partial<Matrix> = {}): Matrix {
  const { competitive, thinned } = withThinning(cgi())
  const checks: Check[] = [cascading({ draws: 2 }), randomLogit({ draws: 2 })]
  return {
    model: net.model,
    modelHash: 'hash',
    inputs: ['one', 'two'].map(inputNamed),
    methods: [
      { name: 'gradient-times-input', role: 'method', competitive: false, method: gradientTimesInput() },
      { name: 'cgi', role: 'method', competitive: true, method: competitive, thinned: thinned.name },
      { name: 'random-map', role: 'control', competitive: false, method: randomMap() },
      { name: thinned.name, role: 'control', competitive: false, method: thinned }
    ],
    checks: checks.map((check) => ({ check, steps: check.steps(net.model) })),
    figures: [absolute],
    metrics: [change],
    turf: gradientTimesInput(),
    target: 'top',
    labels: 'all',
    seed: 3,
    ...given
  }
}

export function runIn(folder: string, given: Partial<RunOptions> = {}): RunOptions {
  return { engine: createReferenceEngine(), folder, versions: { agon: '0' }, ...given }
}

/** The reference engine, which counts the models that it is given. */
export function countingEngine(): Engine & { readonly loaded: () => number } {
  const engine = createReferenceEngine()
  let count = 0
  return {
    ...engine,
    load: (model) => {
      count++
      return engine.load(model)
    },
    loaded: () => count
  }
}
