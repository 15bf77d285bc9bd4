import { AgonError, type ValueName } from '@agon/core'
import { nodeTitle } from '../../errors.js'
import type { Site } from '../site.js'

/** A value in the forward pass of the input and in that of the baseline. */
export interface Dual {
  readonly x: ValueName
  readonly b: ValueName
}

/** Input i of the site's node, in both passes. */
export function dualInput(site: Site, input = 0): Dual {
  return { x: site.node.inputs[input]!, b: site.baselineInput(input) }
}

/** The inputs that are not constants. */
export function varying({ node, constantOf }: Site): readonly number[] {
  return node.inputs.flatMap((name, i) => (name === '' || constantOf(i) !== undefined ? [] : [i]))
}

/** The difference between the passes, x - b. */
export function rise({ add }: Site, { x, b }: Dual): ValueName {
  return add('Sub', [x, b])
}

/** (x + b) / 2, detached: halves before they are added, which cannot overflow. */
export function middle(site: Site, { x, b }: Dual): ValueName {
  const half = scalar(site, 0.5)
  return site.add('Detach', [site.add('Add', [site.add('Mul', [x, half]), site.add('Mul', [b, half])])])
}

export function scalar(site: Site, value: number): ValueName {
  return site.floats([], [value])
}

/** The cotangent goes to x, multiplied by a slope that does not depend on it. The value is x slope. */
export function times({ add }: Site, x: ValueName, slope: ValueName): ValueName {
  return add('Mul', [x, add('Detach', [slope])])
}

/** The same operator on both passes, other inputs shared. */
export function both(site: Site, op: string, dual: Dual, others: readonly ValueName[] = [], attributes = {}): Dual {
  return {
    x: site.add(op, [dual.x, ...others], attributes),
    b: site.add(op, [dual.b, ...others], attributes)
  }
}

/** AGON_NO_RULE about the site's node. */
export function refusal({ node }: Site, expected: string, found: string): AgonError {
  return new AgonError('AGON_NO_RULE', {
    what: `DeepLIFT rule of ${nodeTitle(node)}`,
    expected,
    found,
    remedy: "Choose a 'wrt' above this node, or a method that needs no rules, such as integrated-gradients."
  })
}
