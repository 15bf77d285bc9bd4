import type { Facts } from './facts.js'
import type { Piece } from './lines.js'

/** Everything that a run consists of, in the order of its report. */
export interface RunPlan {
  readonly inputs: readonly Piece[]
  readonly maps: readonly Piece[]
  readonly turfs: readonly Piece[]
  readonly scores: readonly Piece[]
  readonly cells: readonly Extract<Piece, { kind: 'cell' }>[]
  /** Trials of checks: each may need a session of its own. */
  readonly trials: number
}

/** All pieces of work that a run of these facts consists of. The same facts give the same plan. */
export function planOf({ inputs, methods, checks, metrics, turfs }: Facts): RunPlan {
  const forAll = <T>(make: (input: string) => T): T[] => inputs.map(({ name }) => make(name))
  return {
    inputs: forAll((input) => ({ kind: 'input', input })),
    maps: methods.flatMap(({ name }) => forAll((input) => ({ kind: 'map', method: name, input }))),
    turfs: turfs ? forAll((input) => ({ kind: 'turf', input })) : [],
    scores: metrics.flatMap((metric) =>
      methods.flatMap(({ name }) =>
        forAll((input) => ({ kind: 'score' as const, metric: metric.name, method: name, input }))
      )
    ),
    cells: checks.flatMap(({ name: check, steps, draws }) =>
      steps.flatMap((_, at) =>
        Array.from({ length: draws }, (_, draw) =>
          methods.flatMap(({ name: method }) =>
            forAll((input) => ({ kind: 'cell' as const, check, method, input, step: at + 1, draw }))
          )
        ).flat()
      )
    ),
    trials: checks.reduce((sum, { steps, draws }) => sum + steps.length * draws, 0)
  }
}

/** All pieces of a plan, in the order of the report. */
export function piecesOf({ inputs, maps, turfs, scores, cells }: RunPlan): readonly Piece[] {
  return [...inputs, ...maps, ...turfs, ...scores, ...cells]
}
