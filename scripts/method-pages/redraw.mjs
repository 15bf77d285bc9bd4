import { createRandom } from 'agon'

/**
 * The model with the weights of its last layer (`'last'`) or of all its layers (`'all'`) drawn again: normal, with the mean and the standard
 * deviation that each tensor had. Every tensor has a stream of its own.
 */
export function redraw(model, layers, seed) {
  const weighted = model.nodes.filter(({ inputs }) => inputs.slice(1).some((name) => model.constants.has(name)))
  const chosen = layers === 'last' ? weighted.slice(-1) : weighted
  const constants = new Map(model.constants)
  for (const { inputs } of chosen) {
    for (const name of inputs.filter((input) => isWeights(constants.get(input)))) {
      constants.set(name, drawn(constants.get(name), createRandom(seed).fork('redraw', name)))
    }
  }
  return { ...model, constants }
}

function isWeights(constant) {
  return constant?.dtype === 'float32' && constant.data.length > 1
}

function drawn(constant, random) {
  const { mean, deviation } = moments(constant.data)
  const data = new Float32Array(constant.data.length)
  random.normals(data)
  return { ...constant, data: data.map((value) => mean + deviation * value) }
}

export function moments(values) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
  return { mean, deviation: Math.sqrt(square) }
}
