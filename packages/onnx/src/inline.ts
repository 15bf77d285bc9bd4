import { AgonError } from '@agon/core'
import type { AttributeProto } from './decode.js'
import { functionKey, type LocalFunction, type LocalFunctions } from './functions.js'
import type { Names } from './names.js'
import { isOwnCall } from './own-functions.js'
import { trimmed, type RawNode } from './raw-node.js'

const deepestCalls = 32
const mostNodes = 50_000

/**
 * Puts the nodes of local functions in the place of their calls. Throws AGON_BAD_MODEL for functions that call themselves, and
 * for calls that would grow the graph beyond measure.
 */
export function inlineFunctions(
  nodes: readonly RawNode[],
  functions: LocalFunctions,
  names: Names
): readonly RawNode[] {
  if (functions.size === 0) return nodes
  const result: RawNode[] = []
  const expand = (node: RawNode, callers: readonly LocalFunction[]): void => {
    const called = isOwnCall(node) ? undefined : functions.get(functionKey(node.domain, node.op))
    if (called === undefined) {
      result.push(node)
      if (result.length > mostNodes + nodes.length) throw tooLarge(node, `more than ${mostNodes} nodes of functions`)
      return
    }
    if (callers.includes(called)) throw tooLarge(node, `${called.title} that calls itself`)
    if (callers.length >= deepestCalls) throw tooLarge(node, `calls nested deeper than ${deepestCalls}`)
    for (const inner of body(node, called, names)) expand(inner, [...callers, called])
  }
  for (const node of nodes) expand(node, [])
  return result
}

function tooLarge(node: RawNode, found: string): AgonError {
  return new AgonError('AGON_BAD_MODEL', {
    what: `node '${node.name}'`,
    expected: 'calls of functions that end',
    found
  })
}

/** The function's nodes with the call's values and attributes in place of the function's own. */
function body(call: RawNode, called: LocalFunction, names: Names): readonly RawNode[] {
  if (call.inputs.length > called.inputs.length || call.outputs.length > called.outputs.length) {
    const expected = `at most ${called.inputs.length} inputs and ${called.outputs.length} outputs for ${called.title}`
    const found = `${call.inputs.length} and ${call.outputs.length}`
    throw new AgonError('AGON_BAD_MODEL', { what: `node '${call.name}'`, expected, found })
  }
  const values = new Map<string, string>([['', '']])
  called.inputs.forEach((input, i) => values.set(input, call.inputs[i] ?? ''))
  const passed = called.outputs.flatMap((output, i) => passThrough(call, values.get(output), call.outputs[i], i))
  called.outputs.forEach((output, i) => call.outputs[i] && !values.has(output) && values.set(output, call.outputs[i]!))
  const rename = (value: string): string => {
    if (!values.has(value)) values.set(value, names.fresh(`${call.name}/${value}`))
    return values.get(value)!
  }
  const inner = called.nodes.map((node) => ({
    ...node,
    name: `${call.name.slice(-200)}/${node.name}`,
    inputs: trimmed(node.inputs.map(rename)),
    outputs: node.outputs.map(rename),
    attributes: substitute(node.attributes, call.attributes, called.defaults)
  }))
  return [...inner, ...passed]
}

/** A function's output that is one of its inputs. */
function passThrough(call: RawNode, from: string | undefined, to: string | undefined, i: number): readonly RawNode[] {
  if (from === undefined || !to) return []
  const name = `${call.name}/output_${i}`
  return [{ name, op: 'Identity', domain: '', version: 14, inputs: [from], outputs: [to], attributes: new Map() }]
}

/** An attribute that refers to one of the function's takes the call's value, else the default, else it is absent. */
function substitute(
  attributes: ReadonlyMap<string, AttributeProto>,
  given: ReadonlyMap<string, AttributeProto>,
  defaults: ReadonlyMap<string, AttributeProto>
): ReadonlyMap<string, AttributeProto> {
  const result = new Map<string, AttributeProto>()
  for (const [name, attribute] of attributes) {
    const reference = attribute.refAttrName
    const value = reference ? (given.get(reference) ?? defaults.get(reference)) : attribute
    if (value !== undefined) result.set(name, value === attribute ? value : { ...value, name })
  }
  return result
}
