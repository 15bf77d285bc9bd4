import {
  AgonError,
  assertFinite,
  knownNames,
  type Constant,
  type Model,
  type ValueInfo,
  type ValueName
} from '@agon/core'
import { foldConstants, removeDeadNodes, validate } from '@agon/graph'
import { convert } from './convert.js'
import type { GraphProto } from './decode.js'
import type { ExternalTensors } from './external.js'
import { createNames } from './names.js'
import { neededNodes, producersOf } from './order.js'
import { outputInfo } from './output-info.js'
import type { RawNode } from './raw-node.js'
import { refuseQuantized } from './refusals.js'
import { simplifySoftmax } from './simplify-softmax.js'
import { readTensor } from './tensor-data.js'
import { readValue, type DeclaredValue } from './values.js'
import type { Weights } from './weights.js'

interface Source {
  readonly graph: GraphProto
  readonly name: string
  /** The graph's nodes without calls of functions. */
  readonly nodes: readonly RawNode[]
  readonly weights: Weights
  readonly external: ExternalTensors
  /** Name of the wanted output. */
  readonly output: ValueName | undefined
}

/** The model of what the wanted output needs, folded and checked. */
export function readGraph({ graph, name, nodes, weights, external, output: wanted }: Source): Model {
  const inputs = readInputs(graph, weights)
  const output = chosenOutput(graph, wanted, name)
  const given = new Set([...weights.keys(), ...inputs.map((input) => input.name)])
  const producers = producersOf(nodes, given)
  if (!given.has(output.name) && !producers.has(output.name)) {
    throw badModel(`output '${output.name}'`, 'a node that makes it', 'none')
  }
  const needed = neededNodes(nodes, [output.name], producers, given)
  const weight = (value: ValueName): Constant | undefined => {
    const proto = weights.get(value)
    return proto && readTensor(proto, `weight '${value}'`, external.get(proto))
  }
  const names = createNames([...given, ...producers.keys()])
  const converted = convert({ model: name, nodes: needed, weight, output: output.name, external, names })
  const model = { name, inputs, outputs: [{ shape: [], ...output }], ...converted }
  validate(model)
  const folded = removeDeadNodes(simplifySoftmax(foldConstants(model)))
  refuseQuantized(folded)
  assertFoldedFinite(folded, converted.constants)
  return { ...folded, outputs: [outputInfo(output, folded)] }
}

/** Weights are checked when they are read; this is for what was computed from them. Throws AGON_NOT_FINITE. */
function assertFoldedFinite({ constants }: Model, read: ReadonlyMap<ValueName, Constant>): void {
  for (const [name, constant] of constants) {
    if (constant.dtype === 'float32' && !read.has(name))
      assertFinite(`constant '${name}', computed from weights`, constant)
  }
}

/** The inputs that are no weights: before version 4 of the format, weights had to be listed as inputs too. */
function readInputs(graph: GraphProto, weights: Weights): readonly ValueInfo[] {
  const values = (graph.input ?? [])
    .filter(({ name }) => !weights.has(name ?? ''))
    .map((proto) => readValue(proto, 'input'))
  assertDistinct(values, 'input')
  if (values.length === 0) throw badModel(`graph '${graph.name}'`, 'an input', 'none')
  return values.map(({ shape, ...value }) => {
    if (shape) return { ...value, shape }
    const remedy = 'Export the model with shapes; extents may be symbolic.'
    throw badModel(`input '${value.name}'`, 'a declared shape', 'none', remedy)
  })
}

function chosenOutput(graph: GraphProto, wanted: ValueName | undefined, model: string): DeclaredValue {
  const outputs = (graph.output ?? []).filter((proto, i) => (wanted === undefined ? i === 0 : proto.name === wanted))
  if (outputs.length > 1)
    assertDistinct(
      outputs.map((proto) => readValue(proto, 'output')),
      'output'
    )
  if (outputs.length === 1) return readValue(outputs[0]!, 'output')
  if (wanted === undefined) throw badModel(`graph '${graph.name}'`, 'an output', 'none')
  const known = (graph.output ?? []).map(({ name }) => name ?? '')
  throw new AgonError('AGON_UNKNOWN_NAME', { what: `output of model '${model}'`, ...knownNames(wanted, known) })
}

function assertDistinct(values: readonly DeclaredValue[], role: string): void {
  const names = values.map(({ name }) => name)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) throw badModel(`${role} '${twice}'`, 'a name of its own', 'two of that name')
}

function badModel(what: string, expected: string, found: string, remedy?: string): AgonError {
  return new AgonError('AGON_BAD_MODEL', { what, expected, found, ...(remedy && { remedy }) })
}
