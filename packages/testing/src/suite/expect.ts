/** Assertions of the suites, named as in common test runners, none of which they need. */
export interface Expectation {
  toBe(wanted: unknown): void
  /** The same values, element by element and field by field; 0 and -0 differ, NaN equals itself. */
  toEqual(wanted: unknown): void
  toContain(part: unknown): void
  toMatch(pattern: RegExp): void
  toBeLessThan(limit: number): void
  toBeGreaterThan(limit: number): void
  toBeGreaterThanOrEqual(limit: number): void
}

/** `expect(found).toBe(wanted)`: throws an Error that says what was expected and what was found. */
export function expect(found: unknown): Expectation {
  const assert = (holds: boolean, wanted: string): void => {
    if (!holds) throw new Error(`expected ${wanted}, found ${told(found)}`)
  }
  return {
    toBe: (wanted) => assert(Object.is(found, wanted), told(wanted)),
    toEqual: (wanted) => {
      const where = difference(found, wanted, '')
      if (where !== undefined) throw new Error(`expected ${told(wanted)}, found ${told(found)}: ${where}`)
    },
    toContain: (part) => assert((found as unknown[] | string).includes(part as string), `what contains ${told(part)}`),
    toMatch: (pattern) => assert(pattern.test(String(found)), `what matches ${String(pattern)}`),
    toBeLessThan: (limit) => assert((found as number) < limit, `less than ${limit}`),
    toBeGreaterThan: (limit) => assert((found as number) > limit, `more than ${limit}`),
    toBeGreaterThanOrEqual: (limit) => assert((found as number) >= limit, `at least ${limit}`)
  }
}

/** Where two values first differ. */
function difference(a: unknown, b: unknown, at: string): string | undefined {
  if (Object.is(a, b)) return undefined
  if (!isObject(a) || !isObject(b)) return `${at || 'the value'} is ${told(a)}, not ${told(b)}`
  const keys = new Set([...Object.keys(a), ...Object.keys(b)])
  if (keys.size === 0 && String(a) !== String(b)) return `${at || 'the value'} is ${told(a)}, not ${told(b)}`
  for (const key of keys) {
    const where = difference(a[key], b[key], `${at}[${key}]`)
    if (where !== undefined) return where
  }
  return undefined
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function told(value: unknown): string {
  const text =
    typeof value === 'string' ? `'${value}'` : isObject(value) ? (JSON.stringify(value) ?? '') : String(value)
  return text.length > 200 ? `${text.slice(0, 200)} ...` : text
}
