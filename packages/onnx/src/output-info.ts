import { AgonError, type Model, type ValueInfo } from '@agon/core'
import { inferShapes } from '@agon/graph'
import type { DeclaredValue } from './values.js'

/** The output as the file declares it. Where the file gives no shape it is inferred; an axis that follows the batch is symbolic. */
export function outputInfo(output: DeclaredValue, model: Model): ValueInfo {
  if (output.shape) return { ...output, shape: output.shape }
  const input = model.inputs[0]!
  const at = (batch: number): readonly number[] => {
    const shape = input.shape.map((extent, axis) => (typeof extent === 'number' ? extent : axis === 0 ? batch : NaN))
    return inferShapes(model, shape).get(output.name)!.shape
  }
  try {
    const one = at(1)
    const two = typeof input.shape[0] === 'string' ? at(2) : one
    return { ...output, shape: one.map((extent, axis) => (extent === two[axis] ? extent : input.shape[0]!)) }
  } catch (cause) {
    if (!(cause instanceof AgonError) || contradicts(cause, model)) throw cause
    throw new AgonError('AGON_BAD_MODEL', {
      what: `output '${output.name}'`,
      expected: 'a declared shape, or one that follows from that of the only input',
      found: 'none',
      remedy: 'Run onnx.shape_inference on the file.',
      cause
    })
  }
}

/** Whether an error is about the graph itself, and not about a shape that is not known yet. */
function contradicts({ code }: AgonError, { inputs }: Model): boolean {
  return inputs.length === 1 && code !== 'AGON_BAD_INPUT'
}
