import { AgonError, type Attribute, type Constant, type Node, type ValueName } from '@agon/core'
import { nodeTitle } from './errors.js'
import type { Facts, Operand, Operands, ValueType } from './facts.js'
import { definitionOf } from './schema/table.js'
import type { Definition } from './schema/schema.js'
import type { StaticModel } from './static-model.js'

/** All attributes of a node: its own, and the schema's defaults for the others. */
export function attributesOf(node: Node): Readonly<Record<string, Attribute | undefined>> {
  const defaults = Object.entries(definitionOf(node.op)?.attributes ?? {}).map(([name, spec]) => [name, spec.default])
  return { ...Object.fromEntries(defaults), ...node.attributes }
}

/** A node's operands from what is known of values so far. */
export function operandsOf(
  node: Node,
  types: ReadonlyMap<ValueName, ValueType>,
  constants: ReadonlyMap<ValueName, Constant>
): Operands {
  const inputs = node.inputs.map((name): Operand | undefined => {
    if (name === '') return undefined
    const constant = constants.get(name)
    const type = types.get(name) ?? constant
    if (type === undefined) throw unknownValue(name, node)
    return { name, shape: type.shape, dtype: type.dtype, ...(constant ? { constant } : {}) }
  })
  return { node, attributes: attributesOf(node), inputs }
}

/** Everything known of a node of a static model. */
export function factsOf(node: Node, model: StaticModel): Facts {
  const typeOf = (name: ValueName): ValueType => {
    const [shape, dtype] = [model.shapes.get(name), model.dtypes.get(name)]
    if (shape === undefined || dtype === undefined) throw unknownValue(name, node)
    return { shape, dtype }
  }
  const inputs = node.inputs.map((name): Operand | undefined => {
    if (name === '') return undefined
    const constant = model.constants.get(name)
    return { name, ...typeOf(name), ...(constant ? { constant } : {}) }
  })
  return { node, attributes: attributesOf(node), inputs, outputs: node.outputs.map(typeOf) }
}

/** The definition of a node's operator. Throws AGON_UNSUPPORTED_OPERATOR if there is none. */
export function definitionOfNode(node: Node): Definition {
  const definition = definitionOf(node.op)
  if (definition !== undefined) return definition
  throw new AgonError('AGON_UNSUPPORTED_OPERATOR', { what: nodeTitle(node), found: `unknown operator '${node.op}'` })
}

function unknownValue(name: ValueName, node: Node): AgonError {
  return new AgonError('AGON_BAD_MODEL', {
    what: `value '${name}' of ${nodeTitle(node)}`,
    expected: 'a known shape and dtype',
    found: 'none'
  })
}
