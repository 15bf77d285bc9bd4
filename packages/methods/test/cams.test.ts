import { attribute, competitive, contest, createRandom, explain, type Method, type Session } from '@agon/core'
import {
  gradCam,
  gradCamPlusPlus,
  guidedBackprop,
  guidedGradCam,
  layerCam,
  smoothGrad,
  xGradCam,
  type CamOptions
} from '@agon/methods'
import { modelOf, tinyAttention, tinyCnn, tinyMlp, tinyResidual, type TinyModel } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { bits, engine, normals, watched } from './nets.js'

/**
 * Two channels A = relu(x), relu(-x) over 2 x 2 positions, and logits whose gradients at A are the given rows. Of x = 1 -2 3 -4 the
 * channels are 1 0 3 0 and 0 2 0 4.
 */
function twoChannels(): { model: ReturnType<typeof modelOf>; input: { shape: number[]; data: Float32Array } } {
  const gradients = [
    [4, 2, -2, 0, -1, 1, 0, 4],
    [-4, 0, 0, 0, 0, 0, 0, 2]
  ]
  const model = modelOf('two-channels', [1, 2, 2], (b) => {
    const channels = b.add('Relu', [b.add('Conv', [b.input, b.floats([2, 1, 1, 1], [1, -1])])])
    return b.add('Gemm', [b.add('Flatten', [channels]), b.floats([2, 8], gradients.flat())], { transB: 1 })
  })
  return { model, input: { shape: [1, 1, 2, 2], data: Float32Array.of(1, -2, 3, -4) } }
}

async function mapsOf(method: Method, session: Session, input: Parameters<Session['forward']>[0], targets: number[][]) {
  const logits = await session.forward(input)
  const context = { session, input, logits, targets, contestants: targets, random: createRandom(0) }
  return (await attribute(method, { ...context, note: () => undefined })).attribution
}

function inputOf({ inputShape }: TinyModel, examples = 1) {
  const shape = [examples, ...inputShape.slice(1)]
  return {
    shape,
    data: normals(
      examples,
      shape.slice(1).reduce((a, b) => a * b)
    ).data
  }
}

describe('on two channels by hand', () => {
  it.each<[string, (options: Partial<CamOptions>) => Method, number[], number[]]>([
    ['Grad-CAM', gradCam, [1, 2, 3, 4], [-1, 1, -3, 2]],
    [
      'Grad-CAM++',
      gradCamPlusPlus,
      [1, 2, 3, 4].map((a, i) => a * (i % 2 ? 1 / 8 + 4 / 26 : 4 / 18 + 2 / 10)),
      [0, 2, 0, 4].map((a) => (a * 2) / 14)
    ],
    ['XGrad-CAM', xGradCam, [-0.5, 6, -1.5, 12], [-1, 2 * (8 / 6), -3, 4 * (8 / 6)]],
    ['LayerCAM', layerCam, [4, 2, 0, 16], [0, 0, 0, 8]]
  ])('%s', async (_, make, first, second) => {
    const { model, input } = twoChannels()
    const session = await engine.load(model)
    const signed = await mapsOf(make({ relu: false }), session, input, [[0, 1]])
    expect(signed.shape).toEqual([2, 1, 1, 2, 2])
    ;[...first, ...second].forEach((value, i) => expect(signed.data[i]).toBeCloseTo(value, 6))
    const rectified = await mapsOf(make({}), session, input, [[0, 1]])
    expect([...rectified.data]).toEqual([...signed.data.map((value) => Math.max(0, value))])
  })

  it('a channel that is silent counts nothing, whatever its gradient', async () => {
    const { model } = twoChannels()
    const session = await engine.load(model)
    const input = { shape: [1, 1, 2, 2], data: Float32Array.of(1, 2, 3, 4) }
    const map = await mapsOf(xGradCam({ relu: false }), session, input, [[0]])
    expect([...map.data]).toEqual([1, 2, 3, 4].map((a) => a * ((1 * 4 + 2 * 2 - 3 * 2) / 10)).map(Math.fround))
  })

  it('labels compete over signed maps', async () => {
    const { model, input } = twoChannels()
    const method = competitive(gradCam({ relu: false }))
    const session = await engine.load(model)
    const won = async (target: number) => [...(await explain(session, input, method, { target })).attribution.data]
    expect(await won(0)).toEqual([1, 2, 3, 4])
    expect(await won(1)).toEqual([-1, 0, -3, 0])
  })
})

describe('class activation maps', () => {
  it('take one backward pass for all targets, and as many as the byte budget asks for', async () => {
    const tiny = tinyCnn()
    const { session, batches } = watched(await engine.load(tiny.model))
    const input = inputOf(tiny, 2)
    const logits = await session.forward(input)
    const targets = [0, 1].map(() => [0, 1, 2, 3, 4, 5, 6])
    const run = (memory?: number) =>
      attribute(gradCam(), {
        ...{ session, input, logits, targets, contestants: targets, random: createRandom(0), note: () => undefined },
        ...(memory !== undefined && { memory })
      })
    const { attribution } = await run()
    expect(batches).toEqual([2])
    const chunked = await run(2 * 3 * 4 * 2 * 12 * 2 * 2)
    expect(batches).toEqual([2, 2, 2, 2])
    expect(bits(chunked.attribution)).toEqual(bits(attribution))
  })

  it.each([tinyCnn(), tinyResidual()])(
    'compete, alike for every chunk of labels and on one look at the activations: $model.name',
    async (tiny) => {
      const { session } = watched(await engine.load(tiny.model))
      const input = inputOf(tiny)
      const base = gradCam({ relu: false, upsample: 'none' })
      const whole = await contest(session, input, base)
      const labels = [whole.labels[0]!]
      const maps = await mapsOf(base, session, input, [...labels.map((all) => [...all])])
      const [height, width] = maps.shape.slice(3) as [number, number]
      expect(whole.shape).toEqual([1, 1, height, width])
      for (let at = 0; at < height * width; at++) {
        const values = labels[0]!.map((_, l) => maps.data[l * height * width + at]!)
        expect(whole.best[at]).toBe(Math.max(...values))
        expect(whole.worst[at]).toBe(Math.min(...values))
      }
      const looked: (string | undefined)[] = []
      const forward: Session['forward'] = (x, options) => {
        looked.push(options?.at)
        return session.forward(x, options)
      }
      expect(await contest({ ...session, forward }, input, base, { memory: 1 })).toEqual(whole)
      expect(looked.filter((at) => at !== undefined)).toHaveLength(1)
    }
  )

  it('repeat the positions of the layer where the nearest one counts', async () => {
    const tiny = tinyCnn()
    const [session, input] = [await engine.load(tiny.model), inputOf(tiny)]
    const [, , high, wide] = input.shape as [number, number, number, number]
    const small = await mapsOf(gradCam({ upsample: 'none' }), session, input, [[1]])
    const nearest = await mapsOf(gradCam({ interpolation: 'nearest' }), session, input, [[1]])
    const bilinear = await mapsOf(gradCam(), session, input, [[1]])
    const guided = await mapsOf(guidedBackprop(), session, input, [[1]])
    const both = await mapsOf(guidedGradCam({ interpolation: 'nearest' }), session, input, [[1]])
    const [height, width] = small.shape.slice(3) as [number, number]
    expect(small.data.some((value) => value > 0)).toBe(true)
    for (let at = 0; at < high * wide; at++) {
      const [y, x] = [Math.floor((Math.floor(at / wide) * height) / high), Math.floor(((at % wide) * width) / wide)]
      expect(nearest.data[at]).toBe(small.data[y * width + x])
    }
    const times = guided.data.map((value, i) => value * nearest.data[i % nearest.data.length]!)
    both.data.forEach((value, i) => expect(value).toBeCloseTo(times[i]!, 6))
    expect(bits(bilinear)).not.toEqual(bits(nearest))
  })

  it('say at which layer they are taken unless it was named', async () => {
    const tiny = tinyCnn()
    const session = await engine.load(tiny.model)
    const { notes } = await explain(session, inputOf(tiny), gradCam())
    expect(notes).toEqual([
      { code: 'layer', message: expect.stringMatching(/'averagepool5_out' \[12,2,2\]/) as string }
    ])
    const named = await explain(session, inputOf(tiny), gradCam({ layer: 'relu4_out' }))
    expect(named.notes).toEqual([])
    expect(
      (await explain(session, inputOf(tiny), competitive(gradCam()))).notes.filter((n) => n.code === 'layer')
    ).toHaveLength(1)
  })

  it('are bases of methods that look at noisy copies', async () => {
    const tiny = tinyCnn()
    const method = smoothGrad({ base: gradCam({ upsample: 'none' }), samples: 3 })
    const { attribution } = await explain(await engine.load(tiny.model), inputOf(tiny), method)
    expect(method.name).toBe('smooth-grad-grad-cam')
    expect(attribution.shape).toEqual([1, 1, 2, 2])
  })
})

describe('class activation maps refuse', () => {
  const explained = async (tiny: TinyModel, options: Partial<CamOptions> = {}) =>
    explain(await engine.load(tiny.model), inputOf(tiny), layerCam(options))

  it.each([tinyMlp(), tinyAttention()])('a model without pictures: $model.name', async (tiny) => {
    await expect(explained(tiny)).rejects.toMatchObject({
      code: 'AGON_BAD_OPTION',
      what: "option 'layer' of layer-cam",
      remedy: 'The method needs a model with convolutions over pictures.'
    })
  })

  it('to choose among pictures that all have ways round them, and list them', async () => {
    const model = modelOf('two-ways', [2, 3, 3], (b) => {
      const rows = [1, 3].map((k) => {
        const picture = b.add('Conv', [b.input, b.weights([2, 2, k, k])], { pads: [1, 1, 1, 1] })
        return b.add('Flatten', [picture])
      })
      return b.add('Gemm', [b.add('Concat', rows, { axis: 1 }), b.weights([68, 2])])
    })
    const tiny: TinyModel = { model, inputShape: [1, 2, 3, 3], labels: 2, homogeneous: true }
    await expect(explained(tiny)).rejects.toMatchObject({
      code: 'AGON_BAD_OPTION',
      remedy: 'Name one of conv2_out, conv0_out.'
    })
    expect((await explained(tiny, { layer: 'conv2_out' })).attribution.shape).toEqual([1, 1, 3, 3])
  })

  it('a layer that the model lacks, with the nearest one, and one that is no picture', async () => {
    await expect(explained(tinyCnn(), { layer: 'relu_out' })).rejects.toMatchObject({
      code: 'AGON_UNKNOWN_NAME',
      remedy: "Did you mean 'relu1_out'?"
    })
    await expect(explained(tinyCnn(), { layer: 'flatten6_out' })).rejects.toMatchObject({
      code: 'AGON_BAD_OPTION',
      found: "'flatten6_out' [N,48]",
      expected: expect.stringMatching(/^a value \[N,C,H,W\]; one of averagepool5_out, /) as string
    })
    await expect(explained(tinyCnn(), { layer: 'c0' })).rejects.toMatchObject({ code: 'AGON_UNKNOWN_NAME' })
  })

  it.each([
    [{ layer: '' }, /'layer' of grad-cam\+\+: expected the name of a value of the model, found ''/],
    [{ layer: 3 }, /'layer'.*found number/],
    [{ upsample: 'inputs' }, /'upsample'.*Did you mean 'input'/],
    [{ interpolation: 'cubic' }, /'interpolation'.*expected one of bilinear, nearest/],
    [{ relu: 'no' }, /'relu'.*a boolean/],
    [{ layers: 'x' }, /'layers'.*Did you mean 'layer'/]
  ])('the options %j', (options, message) => {
    expect(() => gradCamPlusPlus(options as never)).toThrow(message)
    expect(() => gradCamPlusPlus(options as never)).toThrow(expect.objectContaining({ code: 'AGON_BAD_OPTION' }))
  })
})
