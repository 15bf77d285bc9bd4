import type { Node, ValueName } from '@agon/core'
import { integers, textAttribute, type Refusal, type Site, type Upgrade } from './site.js'

const remedy = 'Write it with MatMul and Transpose: two operands, every letter once in each, no dots.'

/**
 * Einsum of two operands as ReduceSum, Transpose, Unsqueeze and MatMul, whatever the extents. Letters of both operands and the
 * result are batch axes; so are all but the last of those that one operand has alone, along which the other broadcasts. One
 * letter of each kind and one summed letter remain for MatMul's matrices.
 */
export const einsum: Upgrade = (site) => {
  const equation = (textAttribute(site, 'equation') ?? '').replace(/\s/g, '')
  const terms = parsed(equation)
  if (terms === undefined || site.node.inputs.length !== 2) return { refused: `'${equation.slice(0, 60)}'`, remedy }
  return contraction(site, ...terms)
}

type Terms = readonly [a: string, b: string, out: string]

/** The three terms; `undefined` if the form is another or a letter stands twice in one term. */
function parsed(equation: string): Terms | undefined {
  const match = /^([a-zA-Z]+),([a-zA-Z]+)(?:->([a-zA-Z]*))?$/.exec(equation)
  if (!match) return undefined
  const [a, b] = [match[1]!, match[2]!]
  const once = [...new Set(a + b)].filter((letter) => a.includes(letter) !== b.includes(letter))
  const out = match[3] ?? once.sort().join('')
  const distinct = [a, b, out].every((term) => new Set(term).size === term.length)
  return distinct && [...out].every((letter) => (a + b).includes(letter)) ? [a, b, out] : undefined
}

/** Letters by role: `batch` of all three terms, `left` and `right` of one operand and the result, `summed` of both operands only. */
function contraction(site: Site, a: string, b: string, out: string): readonly Node[] | Refusal {
  const only = (letters: string, other: string) => [...letters].filter((l) => !other.includes(l) && out.includes(l))
  const shared = [...a].filter((letter) => b.includes(letter))
  const batch = shared.filter((letter) => out.includes(letter))
  const summed = shared.filter((letter) => !out.includes(letter))
  const [left, right] = [only(a, b), only(b, a)]
  if (summed.length > 1) return { refused: `sums over ${summed.join(' and ')}`, remedy }
  const [row, column] = [left.pop() ?? '', right.pop() ?? '']
  const outer = [...batch, ...left, ...right]
  const key = summed[0] ?? ''
  const steps = stepsOf(site)
  const first = steps.arrange(site.node.inputs[0]!, a, [...outer, row, key])
  const second = steps.arrange(site.node.inputs[1]!, b, [...outer, key, column])
  const product = steps.add('MatMul', [first, second])
  const kept = steps.squeeze(product, [...outer, row, column])
  const order = [...out].map((letter) => [...outer, row, column].filter((l) => l !== '').indexOf(letter))
  return steps.end(kept, order)
}

/** Adds nodes one after the other; the last one takes the place of the Einsum. */
function stepsOf(site: Site) {
  const nodes: Node[] = []
  const add = (op: string, inputs: readonly ValueName[], attributes: Node['attributes'] = {}): ValueName => {
    const output = site.value(op)
    nodes.push({ name: output, op, inputs, outputs: [output], attributes })
    return output
  }
  const withAxes = (op: string, x: ValueName, axes: readonly number[], attributes?: Node['attributes']): ValueName =>
    axes.length === 0 ? x : add(op, [x, site.add('axes', integers(axes))], attributes)
  const where = (wanted: readonly string[], absent: (letter: string) => boolean): readonly number[] =>
    wanted.flatMap((letter, axis) => (absent(letter) ? [axis] : []))
  return {
    add,
    /** The operand with its axes in the wanted order: others summed away, absent ones of extent 1. */
    arrange(x: ValueName, term: string, wanted: readonly string[]): ValueName {
      const away = where([...term], (letter) => !wanted.includes(letter))
      const kept = [...term].filter((letter) => wanted.includes(letter))
      const perm = wanted.filter((letter) => kept.includes(letter)).map((letter) => kept.indexOf(letter))
      const sums = withAxes('ReduceSum', x, away, { keepdims: 0 })
      const ordered = inOrder(perm) ? sums : add('Transpose', [sums], { perm })
      return withAxes(
        'Unsqueeze',
        ordered,
        where(wanted, (letter) => !kept.includes(letter))
      )
    },
    squeeze: (x: ValueName, axes: readonly string[]) =>
      withAxes(
        'Squeeze',
        x,
        where(axes, (letter) => letter === '')
      ),
    end(x: ValueName, perm: readonly number[]): readonly Node[] {
      const { name, outputs } = site.node
      const [op, attributes]: [string, Node['attributes']] = inOrder(perm) ? ['Identity', {}] : ['Transpose', { perm }]
      return [...nodes, { name, op, inputs: [x], outputs, attributes }]
    }
  }
}

function inOrder(perm: readonly number[]): boolean {
  return perm.every((axis, i) => axis === i)
}
