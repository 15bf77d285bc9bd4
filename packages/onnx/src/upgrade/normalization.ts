import { extra, integers, need, numberAttribute, reform, type Upgrade } from './site.js'

/** BatchNormalization of all versions: inference with running statistics. */
export const batchNormalization: Upgrade = (site) => {
  const { node } = site
  const remedy = 'Export the model in evaluation mode.'
  if ((numberAttribute(site, 'training_mode') ?? 0) !== 0) return { refused: 'runs in training mode', remedy }
  if ((numberAttribute(site, 'spatial') ?? 1) === 0) {
    return { refused: 'has statistics per element (spatial=0)', remedy: 'Export the model with opset 9 or newer.' }
  }
  return [reform(node, node.inputs, ['training_mode', 'momentum', 'spatial', 'consumed_inputs', 'is_test'])]
}

/**
 * GroupNormalization before 21: scale and bias per group. Reshape to [N, groups, rest] makes it an InstanceNormalization, whose
 * scale and bias are per channel; the result goes back to the input's shape.
 */
export const groupNormalization: Upgrade = (site) => {
  const { node, version } = site
  if (version >= 21) return [reform(node, node.inputs, ['stash_type'])]
  const [x, scale, bias] = node.inputs
  const groups = need(numberAttribute(site, 'num_groups'), site, "attribute 'num_groups'")
  const [grouped, normal, shape] = [site.value('grouped'), site.value('normal'), site.value('shape')]
  const grouping = site.add('grouping', integers([0, groups, -1]))
  const epsilon = numberAttribute(site, 'epsilon') ?? 1e-5
  return [
    { ...extra(site, 'Reshape', [x!, grouping], [grouped]), name: `${node.name}/group` },
    extra(site, 'InstanceNormalization', [grouped, scale!, bias!], [normal], { epsilon }),
    extra(site, 'Shape', [x!], [shape]),
    { ...node, op: 'Reshape', inputs: [normal, shape], attributes: {} }
  ]
}

/** Softmax and LogSoftmax before 13 flatten to two dimensions at `axis` (default 1) and normalise over the second. */
export const softmax: Upgrade = (site) => {
  const { node, version } = site
  if (version >= 13) return [node]
  const axis = numberAttribute(site, 'axis') ?? 1
  if (axis === -1) return [{ ...node, attributes: { axis } }]
  const [flat, normal, shape] = [site.value('flat'), site.value('normal'), site.value('shape')]
  return [
    extra(site, 'Flatten', [node.inputs[0]!], [flat], { axis }),
    { ...node, inputs: [flat], outputs: [normal], attributes: { axis: -1 } },
    extra(site, 'Shape', [node.inputs[0]!], [shape]),
    extra(site, 'Reshape', [normal, shape], node.outputs)
  ]
}
