import { numberAttribute } from '@agon/graph'
import { functions } from '../functions.js'
import type { Lower, LowerTable } from './builder.js'
import { axisMap } from './maps.js'
import { unsupported } from './unsupported.js'

/** BatchNormalization with its scale and shift apart: (x - mean) / sqrt(variance + epsilon), times scale, plus shift, so that each has its gradient. */
const batchNorm: Lower = (node, to) => {
  const [x, scale, shift, mean, variance] = node.inputs
  const statistics = [mean, variance].map((name) => to.constantOf(name)?.data)
  if (statistics.includes(undefined))
    throw unsupported(node, 'statistics', 'constants', "values that depend on the model's input")
  const map = axisMap(to.shape(x!), 1)
  const factor = Array.from(statistics[1]!, (value) => 1 / Math.sqrt(value + numberAttribute(node, 'epsilon')))
  const summand = Array.from(statistics[0]!, (value, c) => -value * factor[c]!)
  const [standard, scaled] = [to.temporary(map.length), to.temporary(map.length)]
  to.emit('Affine', [to.id(x!), to.constant(factor), to.constant(summand)], standard, { tables: [map] })
  const tables = [new Int32Array(), map]
  to.emit('Binary', [standard, to.id(scale!)], scaled, { ints: [functions.indexOf('Mul')], tables })
  to.emit('Binary', [scaled, to.id(shift!)], to.id(node.outputs[0]!), { ints: [functions.indexOf('Add')], tables })
}

/** Lowerings that keep what is fitted apart, in place of those of lower.ts. */
export const fittedLayers: LowerTable = { BatchNormalization: batchNorm }
