import { performance } from 'node:perf_hooks'
import type { Sample } from './statistics.js'

/** Means over as many calls as fit into the seconds, at least one: processor seconds of all threads of this process, and the clock's. */
export async function repeated(run: () => Promise<unknown>, seconds: number): Promise<Sample> {
  const cpu = process.cpuUsage()
  const from = performance.now()
  let calls = 0
  do {
    await run()
    calls++
  } while (performance.now() - from < 1000 * seconds)
  const wall = (performance.now() - from) / 1000
  const { user, system } = process.cpuUsage(cpu)
  return { core_s: (user + system) / 1e6 / calls, wall_s: wall / calls }
}

/**
 * Seconds in which the engine of JavaScript has compiled what is called again and again, longer for calls of less than `short` seconds, of which that is a part:
 * a peer's process lives for all its samples.
 */
const warmUp = 0.5
const warmUpOfShort = 1
const short = 0.005

/** `repeated`, once calls on another input have warmed the process up. */
export async function steady(
  other: () => Promise<unknown>,
  run: () => Promise<unknown>,
  seconds: number
): Promise<Sample> {
  const { wall_s } = await repeated(other, warmUp)
  if (wall_s < short) await repeated(other, warmUpOfShort - warmUp)
  return repeated(run, seconds)
}

/** Largest resident memory of this process so far, in MB. */
export function peakMegabytes(): number {
  return process.resourceUsage().maxRSS / 1024
}

/** Four digits: more than any timing has. */
export function rounded(value: number): number {
  return Number(value.toPrecision(4))
}
