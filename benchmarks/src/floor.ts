import type { ContestOptions, Engine, PassOptions, Session, Tensor } from '@agon/core'

/** The work of one layer, as a plan counts it. */
interface Layer {
  /** Multiplications of one cotangent's backward pass that are left after skipping. */
  readonly products: number
  /** Cotangents that were carried through: the labels, or the units of a waist. */
  readonly cotangents: number
}

/** The option of engines that plan: called at the end of a contest. */
interface Planning extends PassOptions, ContestOptions {
  readonly onPlan: (plan: { readonly layers: readonly Layer[] }) => void
}

/** An engine that has measured what one core can do. */
interface Measured {
  peakGflops(): Promise<number>
}

/**
 * GFLOP of the backward passes of the first `labels` labels that are left after skipping, one multiplication and addition being two;
 * undefined where the engine does not plan. `exact` runs all the labels, so that what a waist saves counts; otherwise the masks are
 * counted by a few labels, for which there is no waist.
 */
export async function countedFlops(
  session: Session,
  input: Tensor,
  labels: number,
  exact: boolean
): Promise<number | undefined> {
  const few = await plannedLayers(session, input, Math.min(labels, 16))
  if (few === undefined) return undefined
  if (!exact) return few.reduce((sum, { products }) => sum + 2e-9 * products * labels, 0)
  const all = await plannedLayers(session, input, labels)
  return all?.reduce((sum, { products, cotangents }) => sum + 2e-9 * products * cotangents, 0)
}

async function plannedLayers(session: Session, input: Tensor, count: number): Promise<readonly Layer[] | undefined> {
  let layers: readonly Layer[] | undefined
  const options: Planning = { multiply: 'input', onPlan: (plan) => (layers = plan.layers) }
  await session.contest(input, [Array.from({ length: count }, (_, label) => label)], options)
  return layers
}

/** What one core can do, GF/s, measured by the engine; undefined where it does not measure. */
export async function machinePeak(engine: Engine): Promise<number | undefined> {
  if (!('peakGflops' in engine) || typeof engine.peakGflops !== 'function') return undefined
  return (engine as Engine & Measured).peakGflops()
}

/** Share of the floor that was reached: the processor seconds that the counted work needs at the machine's peak, over those spent. */
export function floorShare(
  gflop: number | undefined,
  peak: number | undefined,
  coreSeconds: number
): number | undefined {
  return gflop === undefined || peak === undefined ? undefined : gflop / peak / coreSeconds
}
