/** Declares one test. */
type Declare = (title: string, run: () => Promise<void> | void) => unknown

/** What the suites need of a test runner: vitest, jest, mocha and node:test have it. */
export interface Runner {
  describe(title: string, body: () => void): unknown
  readonly it: Declare & { readonly skip: Declare }
}
