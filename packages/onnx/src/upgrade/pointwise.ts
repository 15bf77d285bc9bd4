import { numberAttribute, reform, scalar, type Upgrade } from './site.js'

/** float32's largest number, which stood for "no limit" in Clip before 11. */
const largest = 3.4028234663852886e38

/** Clip before 11: the limits were attributes. */
export const clip: Upgrade = (site) => {
  const { node, version } = site
  if (version >= 11) return [node]
  const min = numberAttribute(site, 'min') ?? -largest
  const max = numberAttribute(site, 'max') ?? largest
  const low = min > -largest ? site.add('min', scalar(min)) : ''
  const high = max < largest ? site.add('max', scalar(max)) : ''
  return [reform(node, [node.inputs[0]!, low, high], ['min', 'max'])]
}

/** Dropout does nothing here: ratio, mode and seed go. A node that asks for training is refused. */
export const dropout: Upgrade = (site) => {
  const { node } = site
  const training = node.inputs[2] ? site.constant(2) : undefined
  if (node.inputs[2] && training?.data[0] !== 0) {
    return { refused: 'runs in training mode', remedy: 'Export the model in evaluation mode.' }
  }
  return [{ ...node, inputs: [node.inputs[0]!], attributes: {} }]
}

/** Add, Mul, ... : the broadcasting of opsets before 7 must not come back under a newer number. */
export const binary: Upgrade = ({ node }) => {
  if (!('broadcast' in node.attributes) && !('axis' in node.attributes)) return [node]
  return { refused: 'broadcasts by the rules of opset 6', remedy: 'Export the model with opset 7 or newer.' }
}
