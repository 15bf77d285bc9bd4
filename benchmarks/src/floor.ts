import { summedAxis, type Plan, type Session, type Tensor } from '@agon/core'

/**
 * GFLOP of the backward passes of the first `labels` labels that are left after skipping, one multiplication and addition being two. The
 * contest is the one of bin/all-labels.mjs, so that a waist is counted where that takes one. Undefined where the engine does not plan.
 */
export async function countedFlops(session: Session, input: Tensor, labels: number): Promise<number | undefined> {
  let plan: Plan | undefined
  await session.contest(input, [Array.from({ length: labels }, (_, label) => label)], {
    multiply: 'input',
    ...(input.shape.length === 4 && { sumAxis: summedAxis(input.shape, 'pixel') }),
    onPlan: (made) => (plan = made)
  })
  return plan?.layers.reduce((sum, { products, cotangents }) => sum + 2e-9 * products * cotangents, 0)
}

/** Share of the floor that was reached: the processor seconds that the counted work needs at the machine's peak, over those spent. */
export function floorShare(
  gflop: number | undefined,
  peak: number | undefined,
  coreSeconds: number
): number | undefined {
  return gflop === undefined || peak === undefined ? undefined : gflop / peak / coreSeconds
}
