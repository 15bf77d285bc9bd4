import type { ValueName } from '@agon/core'
import { tiny } from '../non-zero.js'
import type { Site } from '../site.js'

/** z + s sign(z) with sign(0) = 1, of a detached z. With s = 0 only a 0 is replaced, by a tiny number. */
export function stabilised(site: Site, z: ValueName, s: number): ValueName {
  if (s === 0) return nonZero(site, z)
  const number = (value: number): ValueName => site.floats([], [value])
  const shift = site.add('Where', [site.add('GreaterOrEqual', [z, number(0)]), number(s), number(-s)])
  return site.add('Add', [z, shift])
}

/** z, with a tiny number in place of 0. */
export function nonZero(site: Site, z: ValueName): ValueName {
  return site.add('Where', [site.add('Equal', [z, site.floats([], [0])]), site.floats([], [tiny]), z])
}

/** value Detach(y / (z + s sign(z))): what goes back through the value is scaled by y / z. */
export function shared(site: Site, value: ValueName, y: ValueName, z: ValueName, s: number): ValueName {
  const [over, under] = [site.add('Detach', [y]), site.add('Detach', [z])]
  return site.add('Mul', [value, site.add('Div', [over, stabilised(site, under, s)])])
}
