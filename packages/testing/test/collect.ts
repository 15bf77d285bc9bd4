import type { Runner } from '@agon/testing'

/** Declares a suite without running it in vitest, runs its checks (those whose titles match) and returns the titles of those that fail, with what they said. */
export async function failures(declare: (runner: Runner) => void, matching = /^/): Promise<Map<string, string>> {
  const { checks } = collect(declare)
  const failed = new Map<string, string>()
  for (const [title, run] of checks.filter(([title]) => matching.test(title))) {
    try {
      await run()
    } catch (error) {
      failed.set(title, error instanceof Error ? error.message : String(error))
    }
  }
  return failed
}

/** The checks that a suite declares, and those that it skips. */
export function collect(declare: (runner: Runner) => void) {
  const checks: (readonly [title: string, run: () => Promise<void> | void])[] = []
  const skipped: string[] = []
  const it = (title: string, run: () => Promise<void> | void) => void checks.push([title, run])
  declare({
    describe: (_, body) => body(),
    it: Object.assign(it, { skip: (title: string) => void skipped.push(title) })
  })
  return { checks, skipped }
}
