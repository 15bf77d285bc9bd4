import type { Runner } from './runner.js'

/** Why a check is left out, by the check's title. */
export type Skips = Readonly<Record<string, string>>

/** Declares checks; those that `skips` names are shown as skipped, with the reason. */
export interface Checks {
  check(title: string, run: () => Promise<void> | void): void
  /** Throws if a skip names no check: a suite that changed must not hide behind an old skip. */
  assertSkipsUsed(): void
}

export function createChecks({ it }: Pick<Runner, 'it'>, skips: Skips = {}): Checks {
  const unused = new Set(Object.keys(skips))
  return {
    check(title, run) {
      const reason = skips[title]
      unused.delete(title)
      if (reason === undefined) it(title, run)
      else it.skip(`${title} (skipped: ${reason})`, run)
    },
    assertSkipsUsed() {
      if (unused.size > 0) throw new Error(`skips that name no check: ${[...unused].join('; ')}`)
    }
  }
}
