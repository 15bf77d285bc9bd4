import { AgonError, resolveOptions, type Model, type Node } from '@agon/core'
import { replaceNodes } from '@agon/graph'
import { familyOf, smoothableOperators, type SmoothChoice, type LogSumExp, type Softplus } from './choices.js'
import { smoothNode } from './smooth-node.js'
import { plannedSwaps } from './swaps.js'

/** What becomes smooth. What no option names stays as it is. */
export interface SmoothOptions {
  readonly relu?: Softplus
  readonly leakyRelu?: Softplus
  readonly pRelu?: Softplus
  /** ReLU6 among them. */
  readonly clip?: Softplus
  readonly hardSigmoid?: Softplus
  readonly hardSwish?: Softplus
  /** MaxPool and GlobalMaxPool. */
  readonly maxPool?: LogSumExp
  /** The only nodes that the options above go for. Default: all. */
  readonly only?: readonly string[]
  /** Nodes with a choice of their own, which wins over the options above; `'keep'` leaves one as it is. */
  readonly nodes?: Readonly<Record<string, SmoothChoice | 'keep'>>
  /** The forward pass stays as it is, and only the derivative is that of the smooth function, at the values of the sharp model. Default false. */
  readonly backwardOnly?: boolean
}

const defaults: { readonly [K in keyof Required<SmoothOptions>]: SmoothOptions[K] } = {
  relu: undefined,
  leakyRelu: undefined,
  pRelu: undefined,
  clip: undefined,
  hardSigmoid: undefined,
  hardSwish: undefined,
  maxPool: undefined,
  only: undefined,
  nodes: undefined,
  backwardOnly: false
}

/**
 * The model with rectifiers and max pooling replaced by smooth functions, without any training (Kokhlikyan et al. 2021, arXiv
 * 2106.07475); with beta and temperature towards infinity it becomes the given model, which is left as it is. The formulas are
 * in the package's README. Values keep their names.
 *
 * Throws AGON_BAD_OPTION for an option that does not exist or does not fit and where nothing is left to smooth, AGON_UNKNOWN_NAME for a
 * node that is not there, AGON_UNSUPPORTED_OPERATOR for a node that has no smooth form (a Clip whose bounds are computed, a pooling whose
 * indices are used).
 */
export function smooth<M extends Model>(model: M, options: SmoothOptions): M {
  const swaps = plannedSwaps(model, resolveOptions<object>('smooth', defaults, options))
  if (swaps.length === 0) throw nothingToSmooth(model, options)
  const choices = new Map(swaps.map(({ node, choice }) => [node, choice]))
  return replaceNodes(model, (node) => {
    const choice = choices.get(node.name)
    if (choice === undefined) return undefined
    return (steps) => {
      const path = smoothNode(node, choice, model, steps)
      // The cotangent of the sharp value goes along the smooth path.
      if (options.backwardOnly) steps.add('Through', [steps.add(node.op, node.inputs, node.attributes), path])
    }
  })
}

function nothingToSmooth({ name, nodes }: Model, options: SmoothOptions): AgonError {
  const counts = new Map<string, number>()
  for (const { op } of nodes.filter((node: Node) => smoothableOperators.includes(node.op)))
    counts.set(op, (counts.get(op) ?? 0) + 1)
  const found = [...counts].map(([op, count]) => `${count} ${op} (option '${familyOf(op)}')`)
  const asked = Object.keys(options).map((option) => `'${option}'`)
  return new AgonError('AGON_BAD_OPTION', {
    what: `smooth of model '${name}'`,
    expected: asked.length === 0 ? 'an option that names what to smooth' : `a node that ${asked.join(', ')} goes for`,
    found: found.join(', ') || `none of ${smoothableOperators.join(', ')}`
  })
}
