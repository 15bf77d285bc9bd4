import { AgonError } from '@agon/core'
import type { RawNode } from './raw-node.js'

export type Producers = ReadonlyMap<string, RawNode>

/** Which node makes which value. Throws AGON_BAD_MODEL for a value that is made twice; `given` are inputs and weights. */
export function producersOf(nodes: readonly RawNode[], given: ReadonlySet<string>): Producers {
  const producers = new Map<string, RawNode>()
  for (const node of nodes) {
    for (const value of node.outputs) {
      if (value === '') continue
      const other = given.has(value)
        ? 'an input or weight'
        : producers.has(value) && `node '${producers.get(value)!.name}'`
      if (other) throw badNode(node, `an output of its own`, `'${value}', which is made by ${other}`)
      producers.set(value, node)
    }
  }
  return producers
}

/**
 * The nodes that the wanted values need, every node after those that it reads from, otherwise in the file's order. Throws
 * AGON_BAD_MODEL for a value that nothing makes and for a cycle, naming a node.
 */
export function neededNodes(
  nodes: readonly RawNode[],
  wanted: readonly string[],
  producers: Producers,
  given: ReadonlySet<string>
): readonly RawNode[] {
  const needed = new Set<RawNode>()
  const open = wanted.flatMap((value) => producers.get(value) ?? [])
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (needed.has(node)) continue
    needed.add(node)
    for (const value of node.inputs) {
      const producer = producers.get(value)
      if (producer) open.push(producer)
      else if (value !== '' && !given.has(value)) throw badNode(node, 'inputs that something makes', `'${value}'`)
    }
  }
  return sorted(
    nodes.filter((node) => needed.has(node)),
    producers
  )
}

/** Depth first, without recursion: a graph may be as deep as its file is long. */
function sorted(nodes: readonly RawNode[], producers: Producers): readonly RawNode[] {
  const state = new Map<RawNode, 'open' | 'done'>()
  const result: RawNode[] = []
  for (const start of nodes) {
    const stack = [start]
    while (stack.length > 0) {
      const node = stack[stack.length - 1]!
      const before = state.has(node) ? [] : node.inputs.flatMap((value) => producers.get(value) ?? [])
      if (state.get(node) === undefined) state.set(node, 'open')
      else {
        stack.pop()
        if (state.get(node) === 'open') result.push(node)
        state.set(node, 'done')
      }
      for (const producer of before) {
        if (state.get(producer) === 'open')
          throw badNode(node, 'a graph without cycles', `a way back to '${producer.name}'`)
        if (state.get(producer) === undefined) stack.push(producer)
      }
    }
  }
  return result
}

function badNode({ name, op }: RawNode, expected: string, found: string): AgonError {
  return new AgonError('AGON_BAD_MODEL', { what: `${op} node '${name}'`, expected, found })
}
