import { sizeOf, type ValueName } from '@agon/core'
import { dependents, reads } from '@agon/graph'
import type { Factor, Values } from './ops/operator.js'
import { contextOf, inputsOf, operatorOf, type Program } from './program.js'

/** The cotangent of value `wrt`, given that of the model's output; see `cotangentsOf`. */
export function runBackward(
  program: Program,
  values: ReadonlyMap<ValueName, Values>,
  cotangent: Values,
  wrt: ValueName,
  factor?: Factor
): Values {
  return cotangentsOf(program, values, cotangent, [wrt], factor).get(wrt)!
}

/**
 * The cotangents of the values `wrt`, given that of the model's output: every node's VJP in reverse order, cotangents of a value that
 * is read several times added up. `factor`: see NodeContext. Zero where the output does not depend on a value.
 */
export function cotangentsOf(
  program: Program,
  values: ReadonlyMap<ValueName, Values>,
  cotangent: Values,
  wrt: readonly ValueName[],
  factor?: Factor
): ReadonlyMap<ValueName, Values> {
  const { model } = program
  const between = dependents(model, wrt)
  const cotangents = new Map<ValueName, Values>([[model.outputs[0]!.name, cotangent]])
  for (const node of model.nodes.toReversed()) {
    if (!reads(node, between)) continue
    const above = node.outputs.map((name) => cotangents.get(name))
    if (above.every((values) => values === undefined)) continue
    const outputs = node.outputs.map((name) => values.get(name)!)
    const context = contextOf(program, node, (i) => between.has(node.inputs[i]!), factor)
    const below = operatorOf(node).vjp(inputsOf(node, values), outputs, above, context)
    node.inputs.forEach((name, i) => between.has(name) && add(cotangents, name, below[i]))
    node.outputs.filter((name) => !wrt.includes(name)).forEach((name) => cotangents.delete(name))
  }
  const zero = (name: ValueName): Values => new Float64Array(sizeOf(model.shapes.get(name)!))
  return new Map(wrt.map((name) => [name, cotangents.get(name) ?? zero(name)]))
}

function add(cotangents: Map<ValueName, Values>, name: ValueName, more: Values | undefined): void {
  if (more === undefined) return
  const sum = cotangents.get(name)
  cotangents.set(name, sum === undefined ? more : sum.map((value, e) => value + more[e]!))
}

/** Most bytes that the cotangents of one backward pass hold at a time: a rehearsal of the pass with sizes only. */
export function passBytes(program: Program, wrt: ValueName): number {
  const { model } = program
  const between = dependents(model, [wrt])
  const live = new Set<ValueName>([model.outputs[0]!.name])
  const held = (): number => [...live].reduce((sum, name) => sum + 8 * sizeOf(model.shapes.get(name)!), 0)
  let most = held()
  for (const node of model.nodes.toReversed()) {
    if (!reads(node, between) || !node.outputs.some((name) => live.has(name))) continue
    node.inputs.filter((name) => between.has(name)).forEach((name) => live.add(name))
    most = Math.max(most, held())
    node.outputs.filter((name) => name !== wrt).forEach((name) => live.delete(name))
  }
  return most
}
