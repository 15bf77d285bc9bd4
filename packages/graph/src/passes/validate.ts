import { AgonError, sizeOf, type Model, type Node, type ValueName } from '@agon/core'
import { nodeTitle } from '../errors.js'
import { schemaOf } from '../schema/table.js'
import { attributeProblems } from './attribute-problems.js'

/**
 * Throws if a graph contradicts itself: AGON_BAD_MODEL for names given twice, values that are read before they are made, wrong numbers of inputs or
 * outputs, wrong attributes, outputs that nobody makes, constants whose values do not fill their shape; otherwise
 * AGON_UNSUPPORTED_OPERATOR for operators that are not known. The error lists every offending node.
 */
export function validate(model: Model): void {
  const bad = [
    ...nameProblems(model),
    ...constantProblems(model),
    ...model.nodes.flatMap(nodeProblems),
    ...flowProblems(model)
  ]
  if (bad.length > 0) throw new AgonError('AGON_BAD_MODEL', { what: `model '${model.name}'`, found: listed(bad) })
  const unknown = model.nodes.filter(({ op }) => schemaOf(op) === undefined).map(nodeTitle)
  if (unknown.length === 0) return
  throw new AgonError('AGON_UNSUPPORTED_OPERATOR', {
    what: `model '${model.name}'`,
    expected: 'operators that Agon knows',
    found: listed(unknown),
    remedy: 'Export the model without them, or choose an output before them: selectOutput(model, value).'
  })
}

function listed(problems: readonly string[]): string {
  const rest = problems.length - 50
  return problems.slice(0, 50).join('; ') + (rest > 0 ? `; and ${rest} more` : '')
}

function nameProblems(model: Model): readonly string[] {
  const values = [
    ...model.inputs.map(({ name }) => name),
    ...model.constants.keys(),
    ...model.nodes.flatMap(({ outputs }) => outputs.filter((name) => name !== ''))
  ]
  const inputs = model.inputs.filter(({ name }) => name === '').map(() => 'an input without a name')
  return [
    ...repeated(values).map((name) => `value '${name}' is made twice`),
    ...repeated(model.nodes.map(({ name }) => name)).map((name) => `node name '${name}' is given twice`),
    ...inputs
  ]
}

function repeated(names: readonly string[]): readonly string[] {
  const [seen, twice] = [new Set<string>(), new Set<string>()]
  for (const name of names) (seen.has(name) ? twice : seen).add(name)
  return [...twice]
}

function constantProblems({ constants }: Model): readonly string[] {
  return [...constants]
    .filter(
      ([, { shape, data }]) =>
        !shape.every((extent) => Number.isSafeInteger(extent) && extent >= 0) || sizeOf(shape) !== data.length
    )
    .map(([name, { shape, data }]) => `constant '${name}' of shape [${shape.join(',')}] has ${data.length} values`)
}

function nodeProblems(node: Node): readonly string[] {
  const schema = schemaOf(node.op)
  if (schema === undefined) return []
  const needed = schema.inputs[1] === Infinity ? node.inputs.length : schema.inputs[0]
  const missing = node.inputs.slice(0, needed).flatMap((name, i) => (name === '' ? [`input ${i} is absent`] : []))
  const problems = [
    ...countProblems('inputs', node.inputs.length, schema.inputs),
    ...countProblems('outputs', node.outputs.length, schema.outputs),
    ...missing,
    ...(node.outputs[0] === '' && schema.outputs[1] === 1 ? ['its output has no name'] : []),
    ...attributeProblems(node, schema)
  ]
  return problems.map((problem) => `${nodeTitle(node)}: ${problem}`)
}

function countProblems(what: string, count: number, [least, most]: readonly [number, number]): readonly string[] {
  if (count >= least && count <= most) return []
  const expected = least === most ? `${least}` : most === Infinity ? `${least} or more` : `${least} to ${most}`
  return [`expected ${expected} ${what}, found ${count}`]
}

function flowProblems(model: Model): readonly string[] {
  const made = new Set<ValueName>([...model.inputs.map(({ name }) => name), ...model.constants.keys()])
  const problems: string[] = []
  for (const node of model.nodes) {
    for (const name of node.inputs) {
      if (name !== '' && !made.has(name)) problems.push(`${nodeTitle(node)}: input '${name}' is not made before it`)
    }
    for (const name of node.outputs) made.add(name)
  }
  for (const { name } of model.outputs)
    if (name === '' || !made.has(name)) problems.push(`output '${name}' is not made by any node`)
  return model.outputs.length === 0 ? [...problems, 'it has no output'] : problems
}
