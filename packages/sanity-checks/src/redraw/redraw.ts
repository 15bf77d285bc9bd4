import { AgonError, resolveOptions, type Model, type Random } from '@agon/core'
import type { Parameter, WeightedLayer } from '../layers/layer.js'
import { drawParameter } from './draw-parameter.js'
import { redrawDefaults, resolveRedraw, type RedrawOptions } from './options.js'

/**
 * The model with the parameters of some of its layers (from `weightedLayers`) drawn anew. The given model stays as it is; every constant that is not of these layers is the same
 * object in both. Biases, shifts and means become 0, scales and variances 1, slopes .25, as in a net that nobody has trained; `'permutation'` permutes them, too. Every parameter
 * has a stream of its own, named by layer and constant, so that layers of equal shape differ and a layer is drawn alike whichever others are. Throws AGON_BAD_OPTION.
 */
export function redraw(
  model: Model,
  layers: readonly WeightedLayer[],
  { random, ...given }: Partial<RedrawOptions> & { readonly random: Random }
): Model {
  const options = resolveRedraw('redraw', resolveOptions('redraw', redrawDefaults, given))
  const constants = new Map(model.constants)
  for (const layer of layers) {
    for (const parameter of layer.parameters) {
      const constant = model.constants.get(parameter.constant)
      if (constant?.dtype !== 'float32') throw isForeign(model, layer, parameter)
      const data = drawParameter(layer, parameter, constant.data, options, streamOf(layer, parameter, random))
      if (data) constants.set(parameter.constant, { ...constant, data })
    }
  }
  return { ...model, constants }
}

/** Means and variances of one normalisation are permuted by the same stream, so that a channel keeps its pair. */
function streamOf(layer: WeightedLayer, { constant, role, node }: Parameter, random: Random): Random {
  const own = role === 'mean' || role === 'variance' ? ['statistics', node] : ['parameter', constant]
  return random.fork('redraw', layer.name, ...own)
}

function isForeign({ name, constants }: Model, layer: WeightedLayer, { constant }: Parameter): AgonError {
  return new AgonError('AGON_BAD_INPUT', {
    what: `layer '${layer.name}' to be drawn anew in model '${name}'`,
    expected: 'a layer of this model, from weightedLayers(model)',
    found: constants.has(constant) ? `constant '${constant}' that is not float32` : `no constant '${constant}'`
  })
}
