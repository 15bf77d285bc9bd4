import { formatShape, type Attribute, type Model, type Node } from '@agon/core'
import { inferShapes } from '@agon/graph'

/** The input and the nodes of a model, one a line, with shapes and attributes: what is needed to read a graph that failed. */
export function nodeList(model: Model): string {
  const types = inferShapes(model)
  const valueText = (name: string): string => `${name}${formatShape(types.get(name)?.shape ?? [])}`
  const line = ({ op, inputs, outputs, attributes }: Node): string =>
    `${outputs.map(valueText).join(' ')} = ${op}(${inputs.map(valueText).join(', ')})${attributeText(attributes)}`
  const [input] = model.inputs
  return [`${model.name}: ${input!.name}${formatShape(input!.shape)}`, ...model.nodes.map(line)].join('\n  ')
}

function attributeText(attributes: Readonly<Record<string, Attribute>>): string {
  return Object.entries(attributes)
    .map(([name, value]) => ` ${name}=${Array.isArray(value) ? `[${value.join(',')}]` : JSON.stringify(value)}`)
    .join('')
}
