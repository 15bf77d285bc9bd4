import { AgonError, type Constant, type Node, type ValueName } from '@agon/core'
import { schemaOf } from '@agon/graph'
import { holdsGraph, readAttributes } from './attributes.js'
import type { ExternalTensors } from './external.js'
import { uniqueNames, type Names } from './names.js'
import { isOwnCall } from './own-functions.js'
import type { RawNode } from './raw-node.js'
import { controlFlowNode, refusalOf, unknownOperator, type Refused } from './refusals.js'
import { makeSite, type Values } from './make-site.js'
import type { Refusal } from './upgrade/site.js'
import { upgrades } from './upgrade/table.js'

export interface Converted {
  readonly nodes: readonly Node[]
  readonly constants: ReadonlyMap<ValueName, Constant>
}

interface Source {
  readonly model: string
  /** Sorted: every node after those that it reads from. */
  readonly nodes: readonly RawNode[]
  /** The weights, read when first asked for. */
  weight(name: ValueName): Constant | undefined
  readonly output: ValueName
  readonly external: ExternalTensors
  readonly names: Names
}

/** Nodes and constants with opset-21 semantics. Throws AGON_UNSUPPORTED_OPERATOR listing every node that cannot be had. */
export function convert(source: Source): Converted {
  const constants = new Map<ValueName, Constant>()
  const lookUp = (name: ValueName): Constant | undefined => {
    const constant = constants.get(name) ?? source.weight(name)
    if (constant) constants.set(name, constant)
    return constant
  }
  const read = new Set([source.output, ...source.nodes.flatMap(({ inputs }) => inputs)])
  const refused: Refused[] = []
  const upgraded = source.nodes.flatMap((raw) => {
    const result = convertNode(raw, source, { constants, lookUp, read })
    if (!('refused' in result)) return result
    refused.push({ ...result, node: raw })
    return []
  })
  if (refused.length > 0) throw refusalOf(source.model, refused)
  for (const name of [source.output, ...upgraded.flatMap(({ inputs }) => inputs)]) lookUp(name)
  const names = uniqueNames(upgraded.map(({ name }) => name))
  return { nodes: upgraded.map((node, i) => ({ ...node, name: names[i]! })), constants }
}

function convertNode(raw: RawNode, source: Source, values: Values): readonly Node[] | Refusal | Refused {
  if ([...raw.attributes.values()].some(holdsGraph)) return controlFlowNode(raw)
  const known = raw.domain === '' ? upgrades.has(raw.op) || schemaOf(raw.op)?.domain === '' : isOwnCall(raw)
  if (!known) return unknownOperator(raw)
  if (raw.version === 0) throw badNode(raw, 'a file that imports a version of the ONNX operators')
  if (!raw.inputs[0] && raw.op !== 'Constant') throw badNode(raw, 'a first input')
  const { name, inputs, outputs, op } = raw
  const node = { name, op, inputs, outputs, attributes: readAttributes(raw, source.external) }
  const upgraded = upgrades.get(op)?.(makeSite(node, raw.version, source.names, values)) ?? [node]
  if ('refused' in upgraded) return upgraded
  const extra = outputs.slice(1).find((value) => value !== '' && values.read.has(value))
  const last = upgraded[upgraded.length - 1]
  if (!last || schemaOf(last.op)?.manyOutputs) return upgraded
  if (extra !== undefined) {
    return { refused: `its output '${extra}' is used`, remedy: 'Only its first output is computed here.' }
  }
  return upgraded.map((each) => ({ ...each, outputs: each.outputs.slice(0, 1) }))
}

function badNode({ op, name }: RawNode, expected: string): AgonError {
  return new AgonError('AGON_BAD_MODEL', { what: `${op} node '${name}'`, expected, found: 'none' })
}
