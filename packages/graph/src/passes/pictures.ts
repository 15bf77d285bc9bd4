import type { Node, ValueName } from '@agon/core'
import type { Shape } from '../facts.js'
import { isAlias } from '../schema/table.js'
import type { StaticModel } from '../static-model.js'

/** Operators behind which the axes of a picture are others: what they make is no picture, whatever its rank. */
const rearranging: ReadonlySet<string> = new Set(['Transpose', 'Gather', 'MatMul', 'Gemm'])

/**
 * The values that are pictures `[1, C, H, W]` with H > 1 and W > 1, made by the convolutional part of a model: by a convolution, or from
 * such a picture by operators that keep its axes (activations, pooling, normalisations, sums, concatenations, ...). In the order of the
 * nodes. A picture that is reshaped is one again when it gets its shape back, as in group normalization. `known` are values that are to
 * be taken as such pictures: the input, where it is one.
 */
export function pictureValues(model: StaticModel, known: readonly ValueName[] = []): readonly ValueName[] {
  const found = new Set<ValueName>(known)
  /** Values that hold the elements of a picture in the picture's order, and its shape. */
  const reshaped = new Map<ValueName, Shape>()
  for (const node of model.nodes) {
    const [from, to] = [node.inputs[0]!, node.outputs[0]!]
    const before = found.has(from) ? model.shapes.get(from)! : reshaped.get(from)
    const returns = before !== undefined && keepsOrder(node) && before.join() === model.shapes.get(to)!.join()
    if (before !== undefined && keepsOrder(node)) reshaped.set(to, before)
    if (!returns && !keepsAxes(node, found)) continue
    for (const name of node.outputs) if (isPicture(model, name)) found.add(name)
  }
  return [...found]
}

function keepsOrder({ op }: Node): boolean {
  return isAlias(op) || op === 'InstanceNormalization'
}

function keepsAxes({ op, inputs }: Node, pictures: ReadonlySet<ValueName>): boolean {
  if (op === 'Conv' || op === 'ConvTranspose') return true
  return !rearranging.has(op) && !isAlias(op) && inputs.some((name) => pictures.has(name))
}

function isPicture({ shapes, dtypes }: StaticModel, name: ValueName): boolean {
  const shape = shapes.get(name) ?? []
  return shape.length === 4 && shape[2]! > 1 && shape[3]! > 1 && dtypes.get(name) === 'float32'
}

/** Whether every path from the model's input to its first output leads through a value. */
export function allPathsThrough(model: StaticModel, value: ValueName): boolean {
  const past = new Set<ValueName>(model.inputs.map(({ name }) => name))
  for (const { inputs, outputs } of model.nodes) {
    if (inputs.some((name) => name !== value && past.has(name))) for (const name of outputs) past.add(name)
  }
  return !past.has(model.outputs[0]!.name)
}

/**
 * The last picture of the convolutional part, the output apart, through which all paths to the output lead: what stands before a global
 * pooling or a flattening, behind its ReLU if there is one. `undefined` where there is none.
 */
export function lastPicture(model: StaticModel): ValueName | undefined {
  const output = model.outputs[0]!.name
  return pictureValues(model).findLast((name) => name !== output && allPathsThrough(model, name))
}
