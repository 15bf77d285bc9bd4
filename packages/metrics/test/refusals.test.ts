import { tensor, type Metric } from '@agon/core'
import { gradientTimesInput } from '@agon/methods'
import { describe, expect, it } from 'vitest'
import { complexityMetrics } from '../src/complexity/index.js'
import {
  aopc,
  deletion,
  faithfulnessMetrics,
  insertion,
  monotonicity,
  monotonicityCorrelation,
  road,
  sensitivityN,
  sufficiency
} from '../src/faithfulness/index.js'
import { localisationMetrics, maskOf, pointingGame, relevanceMass, relevanceRank } from '../src/localisation/index.js'
import { given, linear, row, scoreOf } from './given-maps.js'

const input = tensor([1, 2, 2, 3], Array<number>(12).fill(1))
const picture = { model: linear([2, 2, 3], Array<number>(12).fill(1)), input, method: gradientTimesInput() }
const text = {
  model: linear([2, 3], Array<number>(6).fill(1)),
  input: tensor([1, 2, 3], [1, 2, 3, 4, 5, 6]),
  method: gradientTimesInput()
}

describe('options are refused', () => {
  it.each<[() => Metric, RegExp]>([
    [() => deletion({ steps: 0 }), /'steps' of deletion: expected a whole number from 1/],
    [() => deletion({ of: 'odds' as 'logit' }), /'of' of deletion/],
    [() => deletion({ order: 'last' as 'least' }), /'order' of deletion/],
    [() => deletion({ by: 'size' as 'signed' }), /'by' of deletion/],
    [() => deletion({ granularity: 'patch' as 'pixel' }), /'granularity' of deletion/],
    [() => insertion({ baseline: 'noise' as 'mean' }), /'baseline' of insertion: .*'mean', 'blur', 'uniform', 'flip'/],
    [() => insertion({ baseline: NaN }), /'baseline' of insertion/],
    [() => aopc({ regions: 0 }), /'regions' of aopc/],
    [() => aopc({ side: 1.5 }), /'side' of aopc/],
    [() => road({ noise: -1 }), /'noise' of road: expected a number >= 0, found -1/],
    [() => road({ steps: 1000 }), /'steps' of road/],
    [() => sensitivityN({ subsets: 1 }), /'subsets' of sensitivity-n/],
    [() => sensitivityN({ n: 0 }), /'n' of sensitivity-n/],
    [() => monotonicity({ steps: 1 }), /'steps' of monotonicity/],
    [() => monotonicity({ form: 'most' as 'all' }), /'form' of monotonicity/],
    [() => monotonicityCorrelation({ groups: 1 }), /'groups' of monotonicity-correlation/],
    [() => sufficiency({ shares: [0.5, 0.1] }), /'shares' of sufficiency: expected ascending .* found \[0.5,0.1\]/],
    [() => sufficiency({ shares: [] }), /'shares' of sufficiency/],
    [() => pointingGame({ tolerance: -1 }), /'tolerance' of pointing-game/],
    [() => relevanceMass({ by: 'signed' as 'positive' }), /'by' of relevance-mass/],
    [() => relevanceRank({ tolerance: 2 } as object), /option 'tolerance' of relevance-rank/]
  ])('%s', (make, message) => {
    expect(make).toThrowError(
      expect.objectContaining({ code: 'AGON_BAD_OPTION', message: expect.stringMatching(message) })
    )
  })

  it('that show only beside the input', async () => {
    const refused = (of: typeof picture, metric: Metric, code: string, message: RegExp) =>
      expect(scoreOf(of, metric)).rejects.toThrowError(
        expect.objectContaining({ code, message: expect.stringMatching(message) })
      )
    await refused(picture, sensitivityN({ n: 6 }), 'AGON_BAD_OPTION', /fewer than the 6 pixels.*found 6/)
    await refused(text, deletion(), 'AGON_BAD_OPTION', /channelAxis/)
    await refused(text, deletion({ channelAxis: 1, baseline: 'blur' }), 'AGON_BAD_OPTION', /'blur': expected pictures/)
    await refused(picture, deletion({ baseline: row([1, 2]) }), 'AGON_BAD_INPUT', /baseline/)
    const small = { ...picture, method: given([2, 1, 1], [1, 2]) }
    await refused(small, deletion(), 'AGON_BAD_INPUT', /map to be measured: .*\[1,2,2,3\].*\[1,2,1,1\]/)
    const last = { ...picture, method: given([2, 2, 1], [1, 2, 3, 4]) }
    await refused(last, insertion(), 'AGON_BAD_OPTION', /'blur': expected pictures.*channels on axis 3/)
    const summed = { ...picture, method: given([1, 2, 3], [1, 2, 3, 4, 5, 6]) }
    await refused(summed, deletion({ granularity: 'element' }), 'AGON_BAD_INPUT', /map to be measured/)
    await refused(summed, deletion({ channelAxis: 3 }), 'AGON_BAD_OPTION', /'channelAxis': expected 1/)
    const one = { model: linear([1], [1]), input: row([1]), method: gradientTimesInput() }
    await refused(one, road(), 'AGON_BAD_INPUT', /at least two pixels/)
  })

  it('but an axis that is named, or single elements, will do', async () => {
    const { curve } = await scoreOf(text, deletion({ channelAxis: 2, of: 'logit', steps: 2 }))
    expect(curve).toEqual([21, 6, 0])
    const elements = await scoreOf(text, deletion({ granularity: 'element', of: 'logit', steps: 6 }))
    expect(elements.curve).toEqual([21, 15, 10, 6, 3, 1, 0])
    // The channels 1 4, 2 5 and 3 6 have means of 2.5, 3.5 and 4.5.
    const means = await scoreOf({ ...text, method: given([2, 1], [1, 2]) }, deletion({ of: 'logit', baseline: 'mean' }))
    expect(means.curve).toEqual([21, 16.5, 21])
  })
})

describe('masks are refused', () => {
  it.each(localisationMetrics)('$name needs a mask that fits', async ({ name, create }) => {
    const refused = (mask: object, found: RegExp) =>
      expect(scoreOf({ ...picture, ...mask }, create())).rejects.toThrowError(
        expect.objectContaining({ code: 'AGON_BAD_INPUT', message: expect.stringMatching(found) })
      )
    await refused({}, new RegExp(`mask for ${name}: .*found none. Give measure`))
    await refused({ mask: tensor([1, 2, 2, 3], input.data) }, /found \[1,2,2,3\]/)
    await refused({ mask: tensor([1, 1, 2, 3], [0, 0.5, 0, 0, 0, 1]) }, /found 0.5/)
    await refused({ mask: tensor([1, 1, 2, 3], [0, 0, 0, 0, 0, 0]) }, /found only 0 for example 0/)
  })

  it.each([
    [{ left: -1, top: 0, width: 1, height: 1 }],
    [{ left: 0, top: 0, width: 4, height: 1 }],
    [{ left: 0, top: 0, width: 0, height: 1 }],
    [{ left: 0, top: 1, width: 1, height: 1.5 }]
  ])('box %j', (box) => {
    expect(() => maskOf([[box]], [1, 3, 2, 3])).toThrowError(expect.objectContaining({ code: 'AGON_BAD_INPUT' }))
  })

  it('boxes for other pictures', () => {
    expect(() => maskOf([], [1, 3, 2, 3])).toThrowError(expect.objectContaining({ code: 'AGON_BAD_INPUT' }))
    expect(() => maskOf([[]], [1, 6])).toThrowError(expect.objectContaining({ code: 'AGON_BAD_INPUT' }))
  })
})

it.each([...faithfulnessMetrics, ...complexityMetrics, ...localisationMetrics])(
  '$name has the name it is listed by, a formula and a source with its number',
  ({ name, create }) => {
    const metric = create()
    expect(metric.name).toBe(name)
    expect(metric.formula!.length).toBeGreaterThan(10)
    expect(metric.cite).toMatch(/\d{4}.*(arXiv \d{4}\.\d{4,5}|doi 10\.)/)
  }
)
