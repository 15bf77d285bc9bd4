import { AgonError, type BackwardRules, type Model, type Node, type Rule, type ValueName } from '@agon/core'
import { dependents, reads } from '../dependents.js'
import { schemaOf } from '../schema/table.js'
import { resolveValue, valueNames } from '../session-input.js'
import type { StaticModel } from '../static-model.js'
import { createSurrogateBuilder, type SurrogateBuilder } from './builder.js'
import { createCarriers, type Carriers } from './carriers.js'
import { foldBatchNorm } from '../passes/fold-batch-norm.js'
import { biasPairs, type BiasPair } from './bias-pairs.js'
import type { Pairs } from './lift/pairs.js'
import { ruleDefinitions } from './registry.js'
import { resolveRules, type ResolvedRule } from './resolve.js'
import { namedRule } from './rule.js'
import { producersOf } from './signs.js'
import { createSite } from './make-site.js'

/** A model whose true derivative is the rules' backward pass on the original, and how to ask it. */
export interface Surrogate {
  readonly model: Model
  /** The value of the surrogate to take the derivative to. */
  readonly wrt: ValueName
  /** The input is `[N, 2, ...]`: the example, then the baseline. */
  readonly stacked: boolean
}

/** What is known while a surrogate is made. */
export interface Making {
  readonly model: StaticModel
  readonly builder: SurrogateBuilder
  /** The surrogate's values that stand for the model's, where they have another name. */
  readonly current: Map<ValueName, ValueName>
  /** The model's values in the forward pass of the baseline; empty if no rule compares. */
  readonly baseline: Map<ValueName, ValueName>
  readonly carriers: Carriers
  /** The model's values from which something goes back to its input. */
  readonly live: Set<ValueName>
  /** The model's values that depend on `wrt`, itself among them. */
  readonly below: ReadonlySet<ValueName>
  readonly pairs: Pairs
  readonly producers: ReadonlyMap<ValueName, Node>
}

/**
 * Rewrites a model node by node so that its true derivative is what the rules send back. Values of the forward pass stay as they are. Throws what
 * `resolveRules` throws, AGON_UNKNOWN_NAME for a `wrt` that the model does not compute, AGON_NO_RULE where a rule refuses a node.
 */
export function surrogate(fixed: StaticModel, rules: BackwardRules, wrt?: ValueName): Surrogate {
  const given = withCasts(fixed)
  const input = given.inputs[0]!
  const model = rules.composite !== undefined && isCanonized(rules.composite) ? foldBatchNorm(given, wrt) : given
  const at = resolveValue('wrt', wrt, input.name, valueNames(model))
  const below = dependents(model, [at])
  const resolved = resolveRules(model, rules)
  const detaching = new Set(model.nodes.filter((node) => detaches(node, resolved)).map(({ name }) => name))
  for (const node of model.nodes) if (!reads(node, below)) resolved.delete(node.name)
  const biased = biasPairs(model, resolved, at)
  const sums = new Set([...biased.values()].map(({ sum }) => sum.name))
  const stacked = [...resolved.values()].some(({ definition }) => definition.compares)
  const builder = createSurrogateBuilder(model)
  const [current, baseline] = [new Map<ValueName, ValueName>(), new Map<ValueName, ValueName>()]
  const producers = producersOf(model)
  const making: Making = {
    model,
    builder,
    current,
    baseline,
    carriers: createCarriers(producers, (value) => !model.constants.has(value) && value !== '', builder, current),
    live: new Set([input.name]),
    below,
    pairs: new Map(),
    producers
  }
  const relevance = rules.carries === 'relevance'
  if (stacked) unstack(making, input.name)
  let target = currentOf(making, at)
  if (relevance && at === input.name) target = insertCarrier(making, at)
  for (const node of model.nodes) {
    if (stacked) copyForBaseline(making, node)
    if (!sums.has(node.name)) rewrite(making, node, resolved.get(node.name), biased.get(node.name))
    if (isLive(making, node) && !detaching.has(node.name)) node.outputs.forEach((name) => making.live.add(name))
    if (!node.outputs.includes(at)) continue
    target = relevance ? insertCarrier(making, at) : currentOf(making, at)
  }
  const output = model.outputs[0]!
  const name = rules.seeds === 'relevance' ? relevanceSeeds(making, output.name) : currentOf(making, output.name)
  const inputs = [stacked ? { ...input, shape: [1, 2, ...input.shape.slice(1)] } : input]
  const { nodes, constants } = builder
  return {
    model: { name: model.name, inputs, outputs: [{ ...output, name }], nodes, constants },
    wrt: target,
    stacked
  }
}

/** Puts what its rule makes of a node in its place, or in that of the sum with its bias. */
function rewrite(making: Making, node: Node, rule: ResolvedRule | undefined, pair: BiasPair | undefined): void {
  if (rule === undefined) {
    making.builder.push({ ...node, inputs: node.inputs.map((name) => currentOf(making, name)) })
    return
  }
  const made = rule.definition.rewritings[node.op]!(createSite(making, node, pair), rule.options)
  const stands = pair?.sum ?? node
  stands.outputs.forEach((name, o) => making.current.set(name, made[o]!))
}

/** A cast that keeps every number is an Identity in a specialised model; between dtypes it is a Cast again, so that the surrogate can be specialised. */
function withCasts(model: StaticModel): StaticModel {
  const codes = { float32: 1, int64: 7, bool: 9 }
  const nodes = model.nodes.map((node): Node => {
    const [from, to] = [model.dtypes.get(node.inputs[0]!), model.dtypes.get(node.outputs[0]!)!]
    return node.op === 'Identity' && from !== to ? { ...node, op: 'Cast', attributes: { to: codes[to] } } : node
  })
  return { ...model, nodes }
}

/** Whether a composite is one of rules that share out relevance: batch normalisations are folded for it. */
function isCanonized(composite: Rule): boolean {
  return !ruleDefinitions.get(namedRule(composite).name)?.compares
}

function detaches({ name, op }: Node, rules: ReadonlyMap<string, ResolvedRule>): boolean {
  return rules.get(name)?.definition.detaches?.includes(op) ?? false
}

/** Whether something goes back through a node: nothing does where it is a step. */
function isLive({ model, live }: Making, { op, inputs, outputs }: Node): boolean {
  const isStep = schemaOf(op)?.derivative === 'zero' || model.dtypes.get(outputs[0]!) !== 'float32'
  return !isStep && inputs.some((name) => live.has(name))
}

/** The surrogate's value that stands for one of the model's; `''` stays absent. */
export function currentOf({ current }: Pick<Making, 'current'>, name: ValueName): ValueName {
  return current.get(name) ?? name
}

/** Takes the stacked input apart. */
function unstack({ builder, current, baseline }: Making, input: ValueName): void {
  const part = (index: number): ValueName =>
    builder.add(input, 'Gather', [input, builder.integers(input, [], [index])], { axis: 1 })
  current.set(input, part(0))
  baseline.set(input, part(1))
}

/** The node once more, on what it reads in the forward pass of the baseline. */
function copyForBaseline({ builder, baseline }: Making, node: Node): void {
  const outputs = node.outputs.map((name) => (name === '' ? '' : builder.fresh(`${name}/baseline`)))
  const inputs = node.inputs.map((name) => baseline.get(name) ?? name)
  builder.push({ ...node, name: builder.fresh(`${node.name}/baseline`), inputs, outputs })
  node.outputs.forEach((name, o) => name !== '' && baseline.set(name, outputs[o]!))
}

/**
 * Puts x' = x u, u = 1 + 0 x, in the place of value x, or x' = b + (x - b) u with a baseline b: the derivative with respect to u is the relevance of x.
 * Gives u.
 */
function insertCarrier(making: Making, value: ValueName): ValueName {
  const { builder, current, baseline, carriers, model } = making
  if (model.dtypes.get(value) !== 'float32') {
    throw new AgonError('AGON_BAD_INPUT', {
      what: `value of option 'wrt', '${value}'`,
      expected: 'float32 numbers, which can carry relevance',
      found: model.dtypes.get(value)!
    })
  }
  const x = currentOf(making, value)
  const [zero, one] = [builder.floats(value, [], [0]), builder.floats(value, [], [1])]
  const u = builder.add(value, 'Add', [builder.add(value, 'Mul', [x, zero]), one])
  const base = baseline.get(value)
  const carried =
    base === undefined
      ? builder.add(value, 'Mul', [x, u])
      : builder.add(value, 'Add', [base, builder.add(value, 'Mul', [builder.add(value, 'Sub', [x, base]), u])])
  current.set(value, carried)
  carriers.set(value, u)
  return u
}

/** The output with relevances for cotangents: y = Through(y, y Detach(1 / y)). Gives its name. */
function relevanceSeeds({ builder, carriers, current }: Making, output: ValueName): ValueName {
  return builder.add(output, 'Through', [currentOf({ current }, output), carriers.of(output)])
}
