import { AgonError, knownNames } from '@agon/core'
import { assertFields, fieldError, type Fields, type Origin } from './check.js'
import { channelCount, presets, type Channels, type Preprocess, type Resize } from './preprocess.js'

const channelNames: readonly string[] = ['rgb', 'bgr', 'gray']

/** Largest side of a network's input, pixels. */
export const largestSide = 8192

/**
 * A preset's name, or an object of one's own, as a complete `Preprocess`. Nothing has a default except width and height.
 * Throws (AGON_BAD_OPTION, or the origin's code) naming the field, what it should be and what it is.
 */
export function resolvePreprocess(
  value: unknown,
  origin: Origin = { code: 'AGON_BAD_OPTION', what: 'preprocess' }
): Preprocess {
  if (typeof value === 'string') {
    const preset = presets.get(value)
    if (preset) return preset
    throw new AgonError(origin.code, { what: origin.what, ...knownNames(value, [...presets.keys()]) })
  }
  assertFields(origin, value, ['name', 'resize', 'channels', 'scale', 'mean', 'std'])
  const { name, scale, channels } = value
  if (name !== undefined && typeof name !== 'string') throw fieldError(origin, 'name', 'a text', name)
  if (typeof channels !== 'string' || !channelNames.includes(channels)) {
    throw fieldError(origin, 'channels', `one of ${channelNames.join(', ')}`, channels)
  }
  if (!isFinite(scale) || scale <= 0) throw fieldError(origin, 'scale', 'a number above 0', scale)
  const count = channelCount(channels as Channels)
  return {
    ...(name !== undefined && { name }),
    resize: resolveResize(value.resize, { ...origin, what: `${origin.what}, resize` }),
    channels: channels as Channels,
    scale,
    mean: numbers(origin, value, 'mean', count),
    std: numbers(origin, value, 'std', count)
  }
}

function resolveResize(value: unknown, origin: Origin): Resize {
  assertFields(origin, value, ['mode', 'fraction', 'width', 'height'])
  const { mode, fraction } = value
  const size = { ...side(origin, value, 'width'), ...side(origin, value, 'height') }
  if (mode === 'squash') {
    if (fraction !== undefined) throw fieldError(origin, 'fraction', "nothing in mode 'squash'", fraction)
    return { mode, ...size }
  }
  if (mode !== 'crop') throw fieldError(origin, 'mode', "'squash' or 'crop'", mode)
  if (!isFinite(fraction) || fraction < 0.1 || fraction > 1) {
    throw fieldError(origin, 'fraction', 'a number in 0.1 .. 1', fraction)
  }
  return { mode, fraction, ...size }
}

function side(origin: Origin, fields: Fields, name: 'width' | 'height'): { [side: string]: number } {
  const value = fields[name]
  if (value === undefined) return {}
  if (!isFinite(value) || !Number.isInteger(value) || value < 1 || value > largestSide) {
    throw fieldError(origin, name, `a whole number in 1 .. ${largestSide}`, value)
  }
  return { [name]: value }
}

function numbers(origin: Origin, fields: Fields, name: 'mean' | 'std', count: number): readonly number[] {
  const value = fields[name]
  const fits = Array.isArray(value) && value.length === count && value.every(isFinite)
  if (fits && (name === 'mean' || value.every((number) => number > 0))) return value
  const kind = name === 'std' ? 'above 0' : 'finite'
  throw fieldError(origin, name, `${count} ${count === 1 ? 'number' : 'numbers'}, ${kind}`, value)
}

function isFinite(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}
