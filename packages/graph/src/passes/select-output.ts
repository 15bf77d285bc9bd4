import { AgonError, knownNames, type Model, type ValueInfo, type ValueName } from '@agon/core'
import type { Shape, ValueType } from '../facts.js'
import type { StaticModel } from '../static-model.js'
import { onlyInput } from './input-shape.js'
import { propagate } from './propagate.js'
import { removeDeadNodes } from './remove-dead-nodes.js'

/**
 * The model with one value of its graph as the only output, and without what that value does not need. Throws AGON_UNKNOWN_NAME for
 * a value that no node makes.
 */
export function selectOutput<M extends Model>(model: M, value: ValueName): M {
  const made = model.nodes.flatMap(({ outputs }) => outputs.filter((name) => name !== ''))
  if (!made.includes(value)) {
    throw new AgonError('AGON_UNKNOWN_NAME', { what: `value of model '${model.name}'`, ...knownNames(value, made) })
  }
  const declared = model.outputs.find(({ name }) => name === value)
  const live = { ...model, ...removeDeadNodes({ ...model, outputs: [{ name: value, dtype: 'float32', shape: [] }] }) }
  return { ...live, outputs: [declared ?? describe(live, value)] }
}

/** Shape and dtype of a value that the model does not declare as an output. */
function describe(model: Model & Partial<StaticModel>, name: ValueName): ValueInfo {
  const shape = model.shapes?.get(name)
  if (shape !== undefined) return { name, shape, dtype: model.dtypes!.get(name)! }
  const input = onlyInput(model)
  const symbols = [...new Set(input.shape.filter((extent) => typeof extent === 'string'))]
  // Extents that change when a symbol does are symbolic; the rest is fixed.
  const probes = symbols.length === 0 ? [0] : [0, 1]
  const types = probes.map((probe) => typeAt(model, name, bound(input.shape, symbols, probe)))
  const [first, second] = [types[0]!, types.at(-1)!]
  const batch = input.shape[0]
  const extents = first.shape.map((extent, axis) => {
    if (axis === 0 && typeof batch === 'string' && extent === 1) return batch
    if (extent === second.shape[axis]) return extent
    return (
      symbols.find((_, i) => probeExtent(i, 0) === extent && probeExtent(i, 1) === second.shape[axis]) ??
      `${name}_${axis}`
    )
  })
  return { name, shape: extents, dtype: first.dtype }
}

/** The batch counts 1 in every probe, as engines run it; another symbol i gets an extent of its own. */
function bound(shape: ValueInfo['shape'], symbols: readonly string[], probe: number): Shape {
  return shape.map((extent, axis) => {
    if (typeof extent === 'number') return extent
    return axis === 0 ? 1 : probeExtent(symbols.indexOf(extent), probe)
  })
}

function probeExtent(symbol: number, probe: number): number {
  return 64 + 32 * probe + 128 * symbol
}

function typeAt(model: Model, name: ValueName, shape: Shape): ValueType {
  const input = onlyInput(model)
  return propagate(model, new Map([[input.name, { shape, dtype: input.dtype }]])).types.get(name)!
}
