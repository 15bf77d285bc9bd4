import { linearWindows, maxWindows, numberAttribute, textAttribute, type Windows } from '@agon/graph'
import type { Lower, LowerTable } from './builder.js'
import { gather } from './moves.js'

/** Weighted sums over windows: averages, sums, linear interpolation. */
const weightedSum: Lower = (node, to) => {
  const windows = linearWindows(node, to.model)
  to.emit('Sum', [to.id(node.inputs[0]!)], to.id(node.outputs[0]!), {
    ints: intsOf(windows),
    tables: [windows.offsets, windows.sources],
    numbers: windows.weights ?? []
  })
}

/** The first maximum of each window. */
const firstMaximum: Lower = (node, to) => {
  const windows = maxWindows(node, to.model)
  to.emit('Max', [to.id(node.inputs[0]!)], to.id(node.outputs[0]!), {
    ints: intsOf(windows),
    tables: [windows.offsets, windows.sources]
  })
}

/** The extreme of each window, shared evenly among equals. */
function sharedExtreme(minimum: 0 | 1): Lower {
  return (node, to) => {
    const windows = maxWindows(node, to.model)
    to.emit('MaxShare', [to.id(node.inputs[0]!)], to.id(node.outputs[0]!), {
      ints: [...intsOf(windows), minimum],
      tables: [windows.offsets, windows.sources]
    })
  }
}

/** The smooth maximum of each window. */
const logSumExp: Lower = (node, to) => {
  const windows = maxWindows(node, to.model)
  to.emit('LogSumExp', [to.id(node.inputs[0]!)], to.id(node.outputs[0]!), {
    ints: [...intsOf(windows), numberAttribute(node, 'mean')],
    numbers: [numberAttribute(node, 'temperature')],
    tables: [windows.offsets, windows.sources]
  })
}

const resize: Lower = (node, to) =>
  textAttribute(node, 'mode') === 'nearest' ? gather(node, to) : weightedSum(node, to)

function intsOf({ planes, strideIn, strideOut }: Windows): number[] {
  return [planes, strideIn, strideOut]
}

/** Operators whose outputs are sums or extremes over windows. */
export const pooling: LowerTable = {
  AveragePool: weightedSum,
  GlobalAveragePool: weightedSum,
  ReduceMean: weightedSum,
  ReduceSum: weightedSum,
  Resize: resize,
  MaxPool: firstMaximum,
  GlobalMaxPool: firstMaximum,
  LogSumExpPool: logSumExp,
  GlobalLogSumExpPool: logSumExp,
  ReduceMax: sharedExtreme(0),
  ReduceMin: sharedExtreme(1)
}
