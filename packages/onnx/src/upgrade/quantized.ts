import { AgonError, formatShape, sizeOf, type Constant } from '@agon/core'
import { numberAttribute, type Site, type Upgrade } from './site.js'

export const exportFloat = 'Quantised models are not run: export the float model, before quantisation.'

/** DequantizeLinear of constants becomes a constant: (x - zero point) scale, per tensor or along one axis. */
export const dequantizeLinear: Upgrade = (site) => {
  const [x, scale, zero] = [0, 1, 2].map((i) => site.constant(i))
  if (!x || !scale || (site.node.inputs[2] && !zero)) return { refused: 'dequantises activations', remedy: exportFloat }
  if ((numberAttribute(site, 'block_size') ?? 0) !== 0) return { refused: 'dequantises by blocks', remedy: exportFloat }
  site.define(0, dequantized(site, x, scale, zero))
  return []
}

function dequantized(site: Site, x: Constant, scale: Constant, zero: Constant | undefined): Constant {
  const inner = innerExtent(site, x, scale)
  const count = scale.data.length
  if (zero && zero.data.length !== count) throw misfit(site, `${count} zero points`, `${zero.data.length}`)
  const data = Float32Array.from(x.data, (value, i) => {
    const channel = Math.floor(i / inner) % count
    return (value - (zero?.data[channel] ?? 0)) * scale.data[channel]!
  })
  const bad = data.findIndex((value) => !Number.isFinite(value))
  if (bad < 0) return { dtype: 'float32', shape: x.shape, data }
  const what = `weights of DequantizeLinear node '${site.node.name}'`
  throw new AgonError('AGON_NOT_FINITE', { what, expected: 'finite numbers', found: `${data[bad]} at element ${bad}` })
}

/** Elements that share a scale lie together in runs of this length. */
function innerExtent(site: Site, x: Constant, scale: Constant): number {
  if (scale.data.length === 1) return Math.max(1, x.data.length)
  const given = numberAttribute(site, 'axis') ?? 1
  const axis = given < 0 ? given + x.shape.length : given
  if (x.shape[axis] === scale.data.length && scale.shape.length === 1) return sizeOf(x.shape.slice(axis + 1))
  throw misfit(site, `one scale for each index of axis ${given} of ${formatShape(x.shape)}`, formatShape(scale.shape))
}

function misfit({ node }: Site, expected: string, found: string): AgonError {
  return new AgonError('AGON_BAD_MODEL', { what: `DequantizeLinear node '${node.name}'`, expected, found })
}
