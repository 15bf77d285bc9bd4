import type { Engine, PerExample, Session, Tensor } from '@agon/core'

/** A session that can say what it is going to do: the work of every layer, counted from the masks at this input. */
interface Planned {
  plan(input: Tensor, labels: PerExample): Promise<readonly { readonly gflop: number }[]>
}

/** An engine that has measured what one core can do. */
interface Measured {
  peakGflops(): Promise<number>
}

/** GFLOP of the backward passes of these labels that are left after skipping; undefined where the session does not count. */
export async function countedFlops(session: Session, input: Tensor, labels: PerExample): Promise<number | undefined> {
  if (!('plan' in session) || typeof session.plan !== 'function') return undefined
  const layers = await (session as Session & Planned).plan(input, labels)
  return layers.reduce((sum, { gflop }) => sum + gflop, 0)
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
