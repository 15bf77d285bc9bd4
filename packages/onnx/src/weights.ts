import { AgonError, type ValueName } from '@agon/core'
import type { GraphProto, TensorProto } from './decode.js'
import type { RawNode } from './raw-node.js'

/** The tensors that a file gives names to, not read yet. */
export type Weights = ReadonlyMap<ValueName, TensorProto>

/** Throws AGON_BAD_MODEL for a weight without a name of its own, and for a sparse one. */
export function weightsByName(graph: GraphProto): Weights {
  const weights = new Map<ValueName, TensorProto>()
  for (const proto of graph.initializer ?? []) {
    const name = proto.name ?? ''
    if (name === '' || weights.has(name)) throw badWeight(name, 'a name of its own', name ? 'two of that name' : 'none')
    weights.set(name, proto)
  }
  const sparse = graph.sparseInitializer?.[0]
  if (sparse) throw badWeight(sparse.values?.name ?? '', 'a dense tensor', 'a sparse one')
  return weights
}

function badWeight(name: string, expected: string, found: string): AgonError {
  return new AgonError('AGON_BAD_MODEL', { what: `weight '${name}'`, expected, found })
}

export interface NamedTensor {
  readonly proto: TensorProto
  /** What to call it in errors. */
  readonly what: string
}

/** The weights and attributes whose data lies outside the file. */
export function externalTensors(weights: Weights, nodes: readonly RawNode[]): readonly NamedTensor[] {
  const named = [...weights].map(([name, proto]) => ({ proto, what: `weight '${name}'` }))
  const stated = nodes.flatMap(({ name, attributes }) =>
    [...attributes.values()].flatMap(({ t }) => (t ? [{ proto: t, what: `tensor of node '${name}'` }] : []))
  )
  return [...named, ...stated].filter(({ proto }) => proto.dataLocation === 1)
}
