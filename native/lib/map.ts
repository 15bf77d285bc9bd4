import { minusBaseline, type ContestOptions, type PassOptions, type Tensor } from '@agon/core'

export type Options = PassOptions & ContestOptions

/** What gradients with respect to the value `at` are multiplied by; undefined for nothing. */
export function factorOf(at: Tensor, { multiply = 'none', baseline }: Options): Tensor | undefined {
  if (multiply === 'none') return undefined
  return multiply === 'input' ? at : minusBaseline(at, baseline)
}

/** The shape with extent 1 on the summed axis. */
export function mapShape(shape: readonly number[], axis: number | undefined): number[] {
  return shape.map((extent, at) => (at === axis ? 1 : extent))
}
