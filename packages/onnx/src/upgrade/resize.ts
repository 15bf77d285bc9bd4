import type { Node } from '@agon/core'
import { numbersAttribute, reform, textAttribute, type Refusal, type Site, type Upgrade } from './site.js'

const remedy = 'Export the model with opset 13 or newer.'

/** Upsample (7: scales as attribute, 9: as input): the Resize of opset 10. */
export const upsample: Upgrade = (site) => {
  const { node } = site
  const scales = numbersAttribute(site, 'scales')
  const name = scales
    ? site.add('scales', { dtype: 'float32', shape: [scales.length], data: Float32Array.from(scales) })
    : node.inputs[1]
  return first(site, name ?? '', scales ?? (site.constant(1)?.data as ArrayLike<number> | undefined))
}

/** Resize of 10 to 19 in the form of 21. */
export const resize: Upgrade = (site) => {
  const { node, version } = site
  if (version < 11) return first(site, node.inputs[1] ?? '', site.constant(1)?.data)
  const coordinates = textAttribute(site, 'coordinate_transformation_mode') ?? 'half_pixel'
  if (coordinates.startsWith('tf_')) return { refused: `maps coordinates by '${coordinates}'`, remedy }
  const [x, , scales, sizes] = node.inputs
  const filled = (name: string | undefined, i: number) => (site.constant(i)?.data.length === 0 ? '' : (name ?? ''))
  return [reform(node, [x!, '', filled(scales, 2), filled(sizes, 3)])]
}

/**
 * Before 11 an output coordinate was divided by the scale; nearest took the element below when enlarging and the one above when
 * reducing (as onnxruntime does; the specification is silent).
 */
function first(site: Site, scales: string, values: ArrayLike<number> | undefined): readonly Node[] | Refusal {
  const { node } = site
  const mode = (textAttribute(site, 'mode') ?? 'nearest').replace('bilinear', 'linear')
  const all = Array.from(values ?? [])
  const enlarges = all.every((scale) => scale >= 1)
  if (mode === 'nearest' && (!values || (!enlarges && all.some((scale) => scale > 1)))) {
    return { refused: 'has scales that are not known to enlarge or to reduce', remedy }
  }
  const nearest_mode = enlarges ? 'floor' : 'ceil'
  const attributes = { mode, coordinate_transformation_mode: 'asymmetric', ...(mode === 'nearest' && { nearest_mode }) }
  return [{ ...node, op: 'Resize', inputs: [node.inputs[0]!, '', scales], attributes }]
}
