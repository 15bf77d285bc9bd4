import { AgonError, type Model, type Node, type ValueName } from '@agon/core'
import { numberAttribute, type Steps } from '@agon/graph'
import type { SmoothChoice } from './choices.js'

/** Adds the nodes that are the smooth form of one; gives the value of the last. */
export function smoothNode(node: Node, choice: SmoothChoice, model: Model, steps: Steps): ValueName {
  if (choice.to === 'log-sum-exp') {
    if (node.outputs[1] && isRead(model, node.outputs[1]))
      throw refused(node, 'output 1', 'that nobody reads it', 'a reader')
    const window = Object.fromEntries(Object.entries(node.attributes).filter(([name]) => name !== 'storage_order'))
    const attributes = { temperature: choice.temperature, mean: choice.mean ? 1 : 0 }
    const op = node.op === 'MaxPool' ? 'LogSumExpPool' : 'GlobalLogSumExpPool'
    return steps.add(op, [node.inputs[0]!], node.op === 'MaxPool' ? { ...window, ...attributes } : attributes)
  }
  return rectifiers[node.op]!({ node, beta: choice.beta, model, steps })
}

interface Rectifier {
  readonly node: Node
  readonly beta: number
  readonly model: Model
  readonly steps: Steps
}

interface Bounds {
  readonly min?: number
  readonly max?: number
}

/** With softplus(x) = log(1 + exp(beta x)) / beta; softclip(x; a, b) = a + softplus(x - a) - softplus(x - b). */
const rectifiers: Readonly<Record<string, (of: Rectifier) => ValueName>> = {
  // softplus(x)
  Relu: (of) => softclip(of, of.node.inputs[0]!, { min: 0 }),

  // softplus(x) - alpha softplus(-x)
  LeakyRelu: (of) => leaky(of, of.steps.constant('float32', [], [numberAttribute(of.node, 'alpha')])),

  // The same with the slope in place of alpha
  PRelu: (of) => leaky(of, of.node.inputs[1]!),

  // softclip(x; min, max)
  Clip: (of) => softclip(of, of.node.inputs[0]!, boundsOf(of)),

  // softclip(alpha x + beta; 0, 1)
  HardSigmoid: (of) => {
    const { steps, node } = of
    const scaled = steps.add('Mul', [node.inputs[0]!, scalar(steps, numberAttribute(node, 'alpha'))])
    return softclip(of, steps.add('Add', [scaled, scalar(steps, numberAttribute(node, 'beta'))]), { min: 0, max: 1 })
  },

  // x softclip(x + 3; 0, 6) / 6
  HardSwish: (of) => {
    const { steps, node } = of
    const x = node.inputs[0]!
    const gate = softclip(of, steps.add('Add', [x, scalar(steps, 3)]), { min: 0, max: 6 })
    return steps.add('Mul', [x, steps.add('Mul', [gate, scalar(steps, 1 / 6)])])
  }
}

function softclip({ steps, beta }: Rectifier, x: ValueName, bounds: Bounds): ValueName {
  return steps.add('Softclip', [x], { beta, ...bounds })
}

/** softclip(x; 0, ) + slope softclip(x; , 0): neither part cancels the other. */
function leaky(of: Rectifier, slope: ValueName): ValueName {
  const x = of.node.inputs[0]!
  const below = of.steps.add('Mul', [softclip(of, x, { max: 0 }), slope])
  return of.steps.add('Add', [softclip(of, x, { min: 0 }), below])
}

/** Exporters write "no bound" as the largest float. */
const noBound = 1e30

function boundsOf({ node, model }: Rectifier): Bounds {
  const [min, max] = [1, 2].map((i) => {
    const name = node.inputs[i]
    if (!name) return undefined
    const constant = model.constants.get(name)
    if (constant?.dtype !== 'float32' || constant.data.length !== 1)
      throw refused(
        node,
        `input ${i} ('${name}')`,
        'one constant number',
        constant ? constant.dtype : 'a computed value'
      )
    const bound = constant.data[0]!
    return Math.abs(bound) < noBound ? bound : undefined
  })
  if (min !== undefined && max !== undefined && !(min < max))
    throw refused(node, 'bounds', 'min < max', `${min} and ${max}`)
  return { ...(min !== undefined && { min }), ...(max !== undefined && { max }) }
}

function isRead({ nodes, outputs }: Model, value: ValueName): boolean {
  return nodes.some(({ inputs }) => inputs.includes(value)) || outputs.some(({ name }) => name === value)
}

const scalar = ({ constant }: Steps, value: number): ValueName => constant('float32', [], [value])

function refused({ op, name }: Node, part: string, expected: string, found: string): AgonError {
  return new AgonError('AGON_UNSUPPORTED_OPERATOR', {
    what: `${part} of ${op} node '${name}', which is to become smooth`,
    expected,
    found,
    remedy: `Leave it as it is: smooth(model, { ..., nodes: { '${name}': 'keep' } }).`
  })
}
