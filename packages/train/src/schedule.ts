import { assertChoice } from '@agon/core'

/** How the rate of a fit changes from its first update to its last. */
export type ScheduleName = 'constant' | 'cosine' | 'one-cycle'

/** Each is a factor of the rate at the share u of all updates, in 0 .. 1; `warmup` is the share in which a cycle rises. */
const schedules: Readonly<Record<ScheduleName, (u: number, warmup: number) => number>> = {
  constant: () => 1,
  cosine: (u) => fall(u),
  'one-cycle': (u, warmup) => (u < warmup ? u / warmup : fall((u - warmup) / (1 - warmup)))
}

export const scheduleNames = Object.keys(schedules) as readonly ScheduleName[]

/** Throws AGON_BAD_OPTION for a schedule that is not known. */
export function assertSchedule(name: string): asserts name is ScheduleName {
  assertChoice('schedule of the rate', name, scheduleNames)
}

/**
 * The rate of update t of T (from 1), with u = (t - 1/2) / T:
 * constant: rate;  cosine: rate (1 + cos(pi u)) / 2 (Loshchilov & Hutter 2017, arXiv 1608.03983, without restarts);
 * one-cycle: it rises evenly over the first `warmup` of all updates, then falls as a cosine (Smith & Topin 2018, arXiv 1708.07120).
 */
export function rateAt(
  { rate, schedule, warmup }: { readonly rate: number; readonly schedule: ScheduleName; readonly warmup: number },
  step: number,
  steps: number
): number {
  return rate * schedules[schedule]((step - 0.5) / steps, warmup)
}

function fall(u: number): number {
  return (1 + Math.cos(Math.PI * u)) / 2
}
