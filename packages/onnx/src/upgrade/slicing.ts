import { integers, need, numberAttribute, numbersAttribute, reform, scalar, type Upgrade } from './site.js'

/** Slice before 10: starts, ends and axes were attributes. */
export const slice: Upgrade = (site) => {
  const { node, version } = site
  if (version >= 10) return [node]
  const starts = need(numbersAttribute(site, 'starts'), site, "attribute 'starts'")
  const ends = need(numbersAttribute(site, 'ends'), site, "attribute 'ends'")
  const axes = numbersAttribute(site, 'axes')
  const inputs = [node.inputs[0]!, site.add('starts', integers(starts)), site.add('ends', integers(ends))]
  if (axes) inputs.push(site.add('axes', integers(axes)))
  return [reform(node, inputs, ['starts', 'ends', 'axes'])]
}

/** Split before 13: the sizes were an attribute. Before 18, equal parts were understood from the number of outputs. */
export const split: Upgrade = (site) => {
  const { node, version } = site
  const outputs = node.outputs.map((name, i) => name || site.value(`unused_${i}`))
  if (version >= 18) return [{ ...node, outputs }]
  const sizes = version < 13 ? numbersAttribute(site, 'split') : undefined
  const inputs = sizes ? [node.inputs[0]!, site.add('split', integers(sizes))] : node.inputs
  const form = { ...reform(node, inputs, ['split']), outputs }
  if (form.inputs.length > 1) return [form]
  return [{ ...form, attributes: { ...form.attributes, num_outputs: outputs.length } }]
}

/** Pad before 11: pads and value were attributes. */
export const pad: Upgrade = (site) => {
  const { node, version } = site
  if (version >= 11) return [node]
  const pads = need(numbersAttribute(site, 'pads'), site, "attribute 'pads'")
  const value = numberAttribute(site, 'value') ?? 0
  const inputs = [node.inputs[0]!, site.add('pads', integers(pads))]
  if (value !== 0) inputs.push(site.add('value', scalar(value)))
  return [reform(node, inputs, ['pads', 'value'])]
}
