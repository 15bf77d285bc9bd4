import { knownNames, sizeOf, type Attribute, type Node } from '@agon/core'
import { isTensor } from '../attributes.js'
import type { AttributeKind, OpSchema } from '../schema/schema.js'

/** What is wrong with a node's attributes: unknown ones, absent ones, wrong kinds. */
export function attributeProblems(node: Node, schema: OpSchema): readonly string[] {
  const known = Object.keys(schema.attributes)
  const given = Object.entries(node.attributes)
  const wrong = given.flatMap(([name, value]) => {
    const spec = Object.hasOwn(schema.attributes, name) ? schema.attributes[name] : undefined
    if (spec === undefined) return [`unknown attribute '${name}', expected ${knownNames(name, known).expected}`]
    return isOfKind(value, spec.kind) ? [] : [`attribute '${name}' is not of kind ${spec.kind}`]
  })
  const absent = known.filter((name) => schema.attributes[name]!.required && !Object.hasOwn(node.attributes, name))
  return [...wrong, ...absent.map((name) => `attribute '${name}' is absent`)]
}

function isOfKind(value: Attribute, kind: AttributeKind): boolean {
  switch (kind) {
    case 'int':
      return Number.isInteger(value)
    case 'float':
      return typeof value === 'number'
    case 'string':
      return typeof value === 'string'
    case 'ints':
      return Array.isArray(value) && value.every(Number.isInteger)
    case 'floats':
      return Array.isArray(value) && value.every((element) => typeof element === 'number')
    case 'strings':
      return Array.isArray(value) && value.every((element) => typeof element === 'string')
    case 'tensor':
      return isTensor(value) && sizeOf(value.shape) === value.data.length
  }
}
