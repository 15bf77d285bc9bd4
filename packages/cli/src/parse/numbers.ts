import { AgonError } from 'agon'

/** A whole number from `least` to `most`. Throws AGON_BAD_OPTION. */
export function parseWhole(option: string, text: string, least: number, most: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value
  throw new AgonError('AGON_BAD_OPTION', {
    what: option,
    expected: `a whole number from ${least} to ${most}`,
    found: `'${text}'`
  })
}

const units: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40
}

/** Bytes: `1073741824`, `1GiB`, `1.5GiB`, `512 MiB`, `1GB` (10^9), whatever the case. Throws AGON_BAD_OPTION. */
export function parseMemory(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim()) ?? []
  const factor = unit === undefined ? undefined : units[unit.toLowerCase()]
  const bytes = Math.floor(Number(number) * (factor ?? NaN))
  if (Number.isSafeInteger(bytes) && bytes > 0) return bytes
  throw new AgonError('AGON_BAD_OPTION', {
    what: '--memory',
    expected: 'bytes, such as 512MiB, 1GiB, 1GB or 1073741824',
    found: `'${text}'`
  })
}

const timeUnits: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, min: 60, h: 3600 }

/** Seconds: `90`, `90s`, `10m`, `1.5h`, `1h30m`. Throws AGON_BAD_OPTION. */
export function parseTime(option: string, text: string): number {
  const parts = [...text.trim().matchAll(/(\d+(?:\.\d+)?)\s*([a-z]*)\s*/gi)]
  const whole = parts.map(([part]) => part).join('') === text.trim()
  const seconds = parts.reduce(
    (sum, [, number, unit]) => sum + Number(number) * (timeUnits[unit!.toLowerCase()] ?? NaN),
    0
  )
  if (whole && Number.isFinite(seconds) && seconds > 0) return seconds
  throw new AgonError('AGON_BAD_OPTION', {
    what: option,
    expected: 'a time such as 90s, 10m or 1h30m',
    found: `'${text}'`
  })
}
