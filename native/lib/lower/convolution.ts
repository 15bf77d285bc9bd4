import { convGeometry } from '@agon/graph'
import type { Lower, LowerTable } from './builder.js'
import { emitDynamicConv, emitDynamicConvTranspose } from './dynamic-convolution.js'

/** Constant weights and bias are packed once by the core; others make the convolution a product of two values. */
function convolution(kind: 'Conv' | 'ConvTranspose'): Lower {
  return (node, to) => {
    const parameters = node.inputs.slice(1).filter((name) => name !== '')
    if (parameters.some((name) => to.constantOf(name) === undefined)) {
      return kind === 'Conv' ? emitDynamicConv(node, to) : emitDynamicConvTranspose(node, to)
    }
    const { groups, channelsIn, channelsOut, positionsIn, positionsOut, taps, ...tables } = convGeometry(node, to.model)
    const inputs = [to.id(node.inputs[0]!), ...parameters.map((name) => to.id(name))]
    to.emit(kind, inputs, to.id(node.outputs[0]!), {
      ints: [groups, channelsIn, channelsOut, positionsIn, positionsOut, taps],
      tables: [tables.offsets, tables.tap, tables.position]
    })
  }
}

export const convolutions: LowerTable = {
  Conv: convolution('Conv'),
  ConvTranspose: convolution('ConvTranspose')
}
