import { studentT } from '@agon/core'
import type { Cell, Report } from './report.js'
import { summarize } from './summary.js'

/** How the inputs that two reports share differ, each in itself: second less first. */
export interface Paired {
  /** Mean over inputs. */
  readonly difference: number
  /** Of this mean: standard deviation over inputs / sqrt(inputs). */
  readonly error: number
  /** At least three. */
  readonly inputs: number
}

/** Values by the input's SHA-256. */
export type ByInput = ReadonlyMap<string, number>

/** Of fewer inputs an interval tells nothing: that of two reaches t(1) = 12.7 standard errors to either side. */
const fewest = 3

/** Undefined unless both have values of the same inputs, three or more. */
export function pairedOf(before: ByInput, after: ByInput): Paired | undefined {
  if (before.size < fewest || before.size !== after.size) return undefined
  const inputs = [...before.keys()]
  if (!inputs.every((input) => after.has(input))) return undefined
  const { value, spread, samples } = summarize(inputs.map((input) => after.get(input)! - before.get(input)!))!
  return { difference: value, error: spread / Math.sqrt(samples), inputs: samples }
}

/** Half of the 95 % interval of the mean difference. */
export function uncertaintyOf({ error, inputs }: Paired): number {
  return studentT(inputs - 1) * error
}

/** Means of the values of each input; inputs are given by their names in this report. */
export function byInput({ inputs }: Report, values: readonly (readonly [input: string, value: number])[]): ByInput {
  const hashes = new Map(inputs.map(({ name, sha256 }) => [name, sha256]))
  const groups = new Map<string, number[]>()
  for (const [input, value] of values) {
    const hash = hashes.get(input)!
    const group = groups.get(hash)
    if (group) group.push(value)
    else groups.set(hash, [value])
  }
  return new Map([...groups].map(([hash, group]) => [hash, summarize(group)!.value]))
}

/** The values of a check by figure, method and step, from 1: of each input the mean over its draws. */
export function figuresByInput(
  report: Report,
  check: string
): (figure: string, method: string, step: number) => ByInput {
  const groups = new Map<string, Cell[]>()
  for (const cell of report.cells) {
    if (cell.check !== check) continue
    const key = `${cell.step} ${cell.method}`
    const group = groups.get(key)
    if (group) group.push(cell)
    else groups.set(key, [cell])
  }
  return (figure, method, step) =>
    byInput(
      report,
      (groups.get(`${step} ${method}`) ?? []).flatMap(({ input, figures }) => {
        const value = figures[figure]
        return value === undefined ? [] : [[input, value] as const]
      })
    )
}

/** The scores by a metric of a method's maps. */
export function scoresByInput(report: Report, metric: string, method: string): ByInput {
  const own = report.scores.filter((score) => score.metric === metric && score.method === method)
  return byInput(
    report,
    own.map(({ input, value }) => [input, value] as const)
  )
}
