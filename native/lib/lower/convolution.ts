import { convGeometry } from '@agon/graph'
import type { Node } from '@agon/core'
import type { Builder, Lower, LowerTable } from './builder.js'
import { unsupported } from './unsupported.js'

/** Weights and bias are constants: the core packs them once. */
function convolution(kind: 'Conv' | 'ConvTranspose'): Lower {
  return (node, to) => {
    const { groups, channelsIn, channelsOut, positionsIn, positionsOut, taps, ...tables } = convGeometry(node, to.model)
    const inputs = [to.id(node.inputs[0]!), ...parameters(node, to)]
    to.emit(kind, inputs, to.id(node.outputs[0]!), {
      ints: [groups, channelsIn, channelsOut, positionsIn, positionsOut, taps],
      tables: [tables.offsets, tables.tap, tables.position]
    })
  }
}

function parameters(node: Node, to: Builder): number[] {
  const names = node.inputs.slice(1).filter((name) => name !== '')
  return names.map((name, i) => {
    if (to.constantOf(name) !== undefined) return to.id(name)
    throw unsupported(node, `input ${i + 1} ('${name}')`, 'a constant', "a value that depends on the model's input")
  })
}

export const convolutions: LowerTable = {
  Conv: convolution('Conv'),
  ConvTranspose: convolution('ConvTranspose')
}
