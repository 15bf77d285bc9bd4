import type { Model, Node, ValueName } from '@agon/core'
import type { ConstantView } from './constant-views.js'
import type { ParameterRole } from './layer.js'

/** One constant that one node reads. */
export interface Slot {
  readonly node: Node
  readonly input: number
  readonly role: ParameterRole
  readonly view: ConstantView
}

const normalization = { 1: 'scale', 2: 'shift' } as const

/** Which inputs of an operator are learnt, and as what. */
const rolesOf: Readonly<Record<string, Readonly<Record<number, ParameterRole>>>> = {
  Conv: { 1: 'weight', 2: 'bias' },
  ConvTranspose: { 1: 'weight', 2: 'bias' },
  Gemm: { 0: 'weight', 1: 'weight', 2: 'bias' },
  MatMul: { 0: 'weight', 1: 'weight' },
  BatchNormalization: { 1: 'scale', 2: 'shift', 3: 'mean', 4: 'variance' },
  InstanceNormalization: normalization,
  GroupNormalization: normalization,
  LayerNormalization: normalization,
  PRelu: { 1: 'slope' },
  Gather: { 0: 'table' }
}

/** Constants of these count only behind a layer: before it they prepare the input. */
const affine: Readonly<Record<string, ParameterRole>> = {
  Add: 'bias',
  Sub: 'bias',
  Sum: 'bias',
  Mul: 'scale',
  Div: 'scale'
}

/** Numbers this low that are added hide what a softmax is not to see: no bias is. */
const hides = -1e4

export function isAffine({ op }: Node): boolean {
  return Object.hasOwn(affine, op)
}

/** The learnt constants that a node reads, by the place of its inputs. */
export function slotsOf(node: Node, model: Model, views: ReadonlyMap<ValueName, ConstantView>): readonly Slot[] {
  const roles = rolesOf[node.op]
  return node.inputs.flatMap((name, input) => {
    const role = roles === undefined ? affine[node.op] : roles[input]
    const view = views.get(name)
    if (role === undefined || view === undefined) return []
    return isAffine(node) && !isLearnt(view, model) ? [] : [{ node, input, role, view }]
  })
}

/** A single number is part of a formula, not learnt; very low ones are a mask. */
function isLearnt({ root }: ConstantView, { constants }: Model): boolean {
  const { data } = constants.get(root)!
  return data.length > 1 && (data as Float32Array).every((value) => value > hides)
}
