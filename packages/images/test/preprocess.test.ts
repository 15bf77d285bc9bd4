import { describe, expect, it } from 'vitest'
import { presets, resolvePreprocess } from '../src/index.js'
import { inputSize } from '../src/input-size.js'
import { resizePlan } from '../src/resize-plan.js'
import { asSeen, toTensor } from '../src/to-tensor.js'

const pixel = { width: 1, height: 1, rgb: Uint8Array.of(255, 128, 0) }
const own = { resize: { mode: 'squash' }, channels: 'rgb', scale: 255, mean: [0, 0, 0], std: [1, 1, 1] }
const model = (...shape: (number | string)[]) => ({ inputs: [{ name: 'input', dtype: 'float32' as const, shape }] })
const refusal = (value: unknown): string => {
  try {
    resolvePreprocess(value)
  } catch (error) {
    expect((error as { code: string }).code).toBe('AGON_BAD_OPTION')
    return (error as Error).message
  }
  return 'accepted'
}

describe('presets, by hand on the pixel (255, 128, 0)', () => {
  const cases: [string, number[]][] = [
    ['torchvision', [(1 - 0.485) / 0.229, (128 / 255 - 0.456) / 0.224, -0.406 / 0.225]],
    ['tf', [1, 128 / 127.5 - 1, -1]],
    ['caffe', [-103.939, 128 - 116.779, 255 - 123.68]],
    ['unit', [1, 128 / 255, 0]],
    ['gray-unit', [151 / 255]], // .299 * 255 + .587 * 128 = 151.381
    ['raw', [255, 128, 0]]
  ]
  it.each(cases)('%s', (name, expected) => {
    const preset = presets.get(name)!
    const { shape, data } = toTensor(asSeen(pixel, preset.channels), preset)
    expect(shape).toEqual([1, expected.length, 1, 1])
    expected.forEach((value, c) => expect(data[c]).toBe(Math.fround(value)))
  })

  it('are all covered above and pass their own validation', () => {
    expect([...presets.keys()]).toEqual(cases.map(([name]) => name))
    for (const preset of presets.values()) expect(resolvePreprocess({ ...preset })).toEqual(preset)
  })
})

describe('an object of one’s own', () => {
  it('is accepted as it is', () => expect(resolvePreprocess(own)).toEqual(own))

  it.each([
    ['torchvison', "found 'torchvison'. Did you mean 'torchvision'?"],
    [undefined, 'found nothing'],
    [{ ...own, sclae: 1 }, "field 'sclae'"],
    [{ ...own, scale: 0 }, 'scale: expected a number above 0, found 0'],
    [{ ...own, channels: 'rgba' }, "channels: expected one of rgb, bgr, gray, found 'rgba'"],
    [{ ...own, mean: [0] }, 'mean: expected 3 numbers, finite, found [0]'],
    [{ ...own, std: [1, 0, 1] }, 'std: expected 3 numbers, above 0, found [1,0,1]'],
    [{ ...own, std: undefined }, 'std: expected 3 numbers, above 0, found nothing'],
    [{ ...own, resize: 'squash' }, 'resize: expected an object with mode, fraction, width, height'],
    [{ ...own, resize: { mode: 'crop' } }, 'fraction: expected a number in 0.1 .. 1, found nothing'],
    [{ ...own, resize: { mode: 'squash', width: 1e9 } }, 'width: expected a whole number in 1 .. 8192'],
    [{ ...own, resize: { mode: 'zoom' } }, "mode: expected 'squash' or 'crop', found 'zoom'"]
  ])('%j is refused', (value, message) => expect(refusal(value)).toContain(message))
})

describe('size of the network’s input', () => {
  const torchvision = presets.get('torchvision')!
  const sized = resolvePreprocess({ ...own, resize: { mode: 'squash', width: 5, height: 4 } })

  it('comes from the model, or from the preprocessing', () => {
    expect(inputSize(torchvision, model('N', 3, 200, 100))).toEqual({ width: 100, height: 200 })
    expect(inputSize(sized, undefined)).toEqual({ width: 5, height: 4 })
    expect(inputSize(sized, model('N', 'C', 'H', 'W'))).toEqual({ width: 5, height: 4 })
  })

  it.each([
    [() => inputSize(torchvision, undefined), /width of the network's input: .*Give `width` and `height`/],
    [() => inputSize(torchvision, model('N', 3, 'H', 'W')), /found input \[N,3,H,W\]/],
    [() => inputSize(sized, model(1, 3, 4, 6)), /width of the preprocessing: expected 6/],
    [() => inputSize(torchvision, model(1, 1, 28, 28)), /expected 3 channels for preprocessing torchvision, found 1/],
    [() => inputSize(torchvision, model(1, 200)), /expected one input for pictures/]
  ])('is never guessed (%#)', (call, message) => expect(call).toThrow(message))
})

describe('crop', () => {
  const plan = (width: number, height: number) =>
    resizePlan({ width, height }, { mode: 'crop', fraction: 0.875 }, { width: 224, height: 224 })

  it.each([
    [500, 375, 341, 256, 58, 16], // 256 * 500 / 375 = 341.3; (341 - 224) / 2 = 58.5, to even 58
    [375, 500, 256, 341, 16, 58],
    [343, 256, 343, 256, 60, 16], // 59.5, to even 60
    [100, 100, 256, 256, 16, 16]
  ])('%i x %i as torchvision does it', (width, height, w, h, left, top) => {
    expect(plan(width, height)).toMatchObject({ resized: { width: w, height: h }, left, top })
  })

  it('covers a target that is not square', () => {
    const { resized, left, top } = resizePlan(
      { width: 100, height: 100 },
      { mode: 'crop', fraction: 1 },
      { width: 30, height: 20 }
    )
    expect([resized.width, resized.height, left, top]).toEqual([30, 30, 0, 5])
  })

  it('refuses a picture so narrow that it would grow without bound', () => {
    expect(() => plan(1, 90_000)).toThrow(/at most 100000000 pixels .* found 256 x 23040000/)
  })
})
