import { AgonError, type Model, type Node, type ValueName } from '@agon/core'
import { removeDeadNodes } from '@agon/graph'
import { constantViews, movesOnly, type ConstantView } from './constant-views.js'
import { fansOf } from './fans.js'
import type { Norms, Parameter, WeightedLayer } from './layer.js'
import { isRectified, readersOf } from './rectified.js'
import { isAffine, slotsOf, type Slot } from './slots.js'

interface Group {
  readonly nodes: Node[]
  readonly slots: Slot[]
}

/**
 * The layers of a model that have learnt something, in execution order: Conv, ConvTranspose, Gemm, MatMul, Gather from a table, the normalisations, PRelu, and constants that
 * Add, Sub, Mul or Div bring in behind one of them. What is learnt right behind a layer belongs to it: a bias that is added (behind sums and means, too), a slope, and, unless `norms` is `'separate'`,
 * a BatchNormalization. A constant is read through Transpose, Reshape and their like. One that several nodes read is one parameter, of the layer nearest to the logits; one
 * that is read in different roles (ones for a scale here and a variance there) is none. Throws AGON_BAD_MODEL where nothing was learnt.
 */
export function weightedLayers(
  model: Model,
  { norms = 'joined' }: { readonly norms?: Norms } = {}
): readonly WeightedLayer[] {
  const live = removeDeadNodes(model)
  const views = constantViews(live)
  const groups = grouped(live, views, norms)
  const owners = ownersOf(groups)
  const readers = readersOf(live.nodes)
  const constantReaders = readersByRoot(live.nodes, views)
  const layers = groups.map(({ nodes, slots }): WeightedLayer => {
    const owned = slots.filter((slot) => owners.get(slot.view.root) === slot)
    const named = (slot: Slot): Parameter => parameterOf(slot, constantReaders.get(slot.view.root)!)
    return {
      name: nodes[0]!.name,
      op: nodes[0]!.op,
      nodes: nodes.map(({ name }) => name),
      rectified: nodes.some(({ op }) => op === 'PRelu') || isRectified(nodes.at(-1)!.outputs[0]!, readers),
      parameters: owned.map(named)
    }
  })
  const learnt = layers.filter(({ parameters }) => parameters.length > 0)
  if (learnt.length > 0) return learnt
  throw new AgonError('AGON_BAD_MODEL', {
    what: `model '${model.name}'`,
    expected: 'a layer with float32 constants that can be drawn anew',
    found: 'none'
  })
}

function grouped(model: Model, views: ReadonlyMap<ValueName, ConstantView>, norms: Norms): readonly Group[] {
  const groups: Group[] = []
  /** The last group that a value comes right out of; through linear nodes, too; and all values behind any group. */
  const [right, linear] = [new Map<ValueName, Group>(), new Map<ValueName, Group>()]
  const behind = new Set<ValueName>()
  for (const node of model.nodes.filter(({ outputs }) => !views.has(outputs[0]!))) {
    const slots = slotsOf(node, model, views)
    const isBehind = node.inputs.some((name) => behind.has(name))
    const isLayer = slots.length > 0 && (isBehind || !isAffine(node))
    if (isLayer || isBehind) node.outputs.forEach((name) => behind.add(name))
    const before = (groupOf: ReadonlyMap<ValueName, Group>): Group | undefined =>
      groups.findLast((group) => node.inputs.some((name) => groupOf.get(name) === group))
    if (isLayer) {
      const joined = isAffine(node) ? before(linear) : joinsRight(node, norms) ? before(right) : undefined
      const group = joined ?? { nodes: [], slots: [] }
      if (joined === undefined) groups.push(group)
      group.nodes.push(node)
      group.slots.push(...slots)
      hold(right, node, group)
      hold(linear, node, group)
    } else {
      if (movesOnly(node)) hold(right, node, before(right))
      if (isLinear(node)) hold(linear, node, before(linear))
    }
  }
  return groups
}

function hold(groupOf: Map<ValueName, Group>, { outputs }: Node, group: Group | undefined): void {
  if (group) outputs.forEach((name) => groupOf.set(name, group))
}

function joinsRight({ op }: Node, norms: Norms): boolean {
  return op === 'PRelu' || (op === 'BatchNormalization' && norms === 'joined')
}

/** Sums and means: a bias that is added behind them is still that of the layer before. */
function isLinear(node: Node): boolean {
  return (
    movesOnly(node) ||
    'Add Sub Sum Concat ReduceSum ReduceMean AveragePool GlobalAveragePool'.split(' ').includes(node.op)
  )
}

/** The slot that every constant belongs to: the last one in execution order; none for a constant in several roles. */
function ownersOf(groups: readonly Group[]): ReadonlyMap<ValueName, Slot | undefined> {
  const owners = new Map<ValueName, Slot | undefined>()
  for (const slot of groups.flatMap(({ slots }) => slots)) {
    const { root } = slot.view
    const sameRole = !owners.has(root) || (owners.get(root) !== undefined && kindOf(owners.get(root)!) === kindOf(slot))
    owners.set(root, sameRole ? slot : undefined)
  }
  return owners
}

/** A table may be the weights of another layer: tied embeddings. */
function kindOf({ role }: Slot): string {
  return role === 'table' ? 'weight' : role
}

function readersByRoot(
  nodes: readonly Node[],
  views: ReadonlyMap<ValueName, ConstantView>
): ReadonlyMap<ValueName, readonly string[]> {
  const readers = new Map<ValueName, string[]>()
  for (const node of nodes.filter(({ outputs }) => !views.has(outputs[0]!))) {
    for (const root of new Set(node.inputs.flatMap((name) => views.get(name)?.root ?? []))) {
      readers.set(root, [...(readers.get(root) ?? []), node.name])
    }
  }
  return readers
}

function parameterOf(slot: Slot, readers: readonly string[]): Parameter {
  const fans = fansOf(slot)
  return {
    constant: slot.view.root,
    node: slot.node.name,
    role: slot.role,
    ...(fans && { fans }),
    sharedWith: readers.filter((name) => name !== slot.node.name)
  }
}
