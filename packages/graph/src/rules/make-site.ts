import { AgonError, type Node, type ValueName } from '@agon/core'
import type { BiasPair } from './bias-pairs.js'
import type { Site } from './site.js'
import { isNonNegative } from './signs.js'
import { currentOf, type Making } from './surrogate.js'

/** The site of a node in a surrogate that is made up to it. */
export function createSite(making: Making, original: Node, pair?: BiasPair): Site {
  const { model, builder, baseline, carriers } = making
  const owner = original.name
  const bias = pair?.bias
  const stands = (pair?.sum ?? original).outputs[0]!
  const node = { ...original, inputs: original.inputs.map((name) => currentOf(making, name)) }
  const atBaseline = (name: ValueName): ValueName => {
    if (model.constants.has(name) || name === '') return name
    return baseline.get(name) ?? missing(name)
  }
  const copy: Site['copy'] = (inputs = node.inputs, attributes = node.attributes) => {
    const name = builder.fresh(`${owner}/${node.op}`)
    const outputs = node.outputs.map((_, o) => (o === 0 ? name : builder.fresh(`${name}_${o}`)))
    builder.push({ ...node, name, inputs, outputs, attributes })
    return outputs
  }
  return {
    node,
    original,
    model,
    ...(bias !== undefined && { bias }),
    value: () => (bias === undefined ? copy()[0]! : builder.add(owner, 'Add', [copy()[0]!, bias])),
    copy,
    constantOf: (input) => model.constants.get(original.inputs[input] ?? ''),
    shapeOf: (input) => model.shapes.get(original.inputs[input]!)!,
    outputShape: (output = 0) => model.shapes.get(original.outputs[output]!)!,
    add: (op, inputs, attributes) => builder.add(owner, op, inputs, attributes),
    floats: (shape, values) => builder.floats(owner, shape, values),
    integers: (shape, values) => builder.integers(owner, shape, values),
    isLive: (input) => making.live.has(original.inputs[input]!),
    isBelow: (input) => making.below.has(original.inputs[input]!),
    isNonNegative: (input) => isNonNegative(making, original.inputs[input]!),
    carry: (value) => carriers.set(stands, value),
    pairs: making.pairs,
    ones: (input) => carriers.of(original.inputs[input]!),
    baselineInput: (input) => atBaseline(original.inputs[input]!),
    baselineOutput: (output = 0) => atBaseline(original.outputs[output]!)
  }
}

function missing(name: ValueName): never {
  throw new AgonError('AGON_INTERNAL', {
    what: `value '${name}' at the baseline`,
    expected: 'a rule that compares',
    found: 'one that does not say so'
  })
}
