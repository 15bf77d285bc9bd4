import { createRandom } from '@agon/core'
import { encode } from 'fast-png'
import type { Cell, Report, ReportInput, ReportMethod, ScoreCell, Summary, TurfFacts, Verdict } from '../src/index.js'
import { summarize } from '../src/summary.js'

/** How large a made-up run is. */
export interface Extent {
  readonly steps: number
  readonly draws: number
  readonly inputs: number
  /** How many of the asked methods, and of all with the controls. */
  readonly methods: number
  /** Side of maps and turf, pixels. */
  readonly side: number
  readonly seed: number
}

const small: Extent = { steps: 4, draws: 3, inputs: 2, methods: 2, side: 24, seed: 1 }
const known: readonly ReportMethod[] = [
  { name: 'cgi', role: 'method', competitive: true, cite: 'Gupta & Arora 2019', thinned: 'thinned(cgi)' },
  { name: 'gradient-times-input', role: 'method', competitive: false, options: { layer: 'input' } },
  { name: 'lrp(epsilon)', role: 'method', competitive: false },
  { name: 'competitive-lrp(epsilon)', role: 'method', competitive: true, thinned: 'thinned(competitive-lrp(epsilon))' },
  { name: 'guided-backprop', role: 'method', competitive: false },
  { name: 'integrated-gradients', role: 'method', competitive: false }
]
const always: readonly ReportMethod[] = ['random-map', 'input', 'edge-detector'].map((name) => ({
  name,
  role: 'control',
  competitive: false
}))
const figures = ['spearman', 'spearman(abs)', 'ssim-gaussian(abs)']

/** A run that never was: every number is drawn from the seed, every kind of fact is there. Similarities decay step by step. */
export function madeUpReport(given: Partial<Extent> = {}): Report {
  const extent = { ...small, ...given }
  const asked = known.slice(0, extent.methods)
  const thinned = asked.flatMap(({ thinned: name }): ReportMethod[] =>
    name ? [{ name, role: 'control', competitive: false }] : []
  )
  const methods = [...asked, ...thinned, ...always]
  const inputs = Array.from({ length: extent.inputs }, (_, k) => inputOf(k))
  const steps = Array.from({ length: extent.steps }, (_, k) => `features/conv${extent.steps - k}`)
  const cells = [
    ...cellsOf('cascading', methods, inputs, extent, extent.steps),
    ...cellsOf('data-randomization', methods, inputs, extent, 1)
  ]
  return {
    format: 'agon-report-1',
    run: {
      date: '2026-05-04T10:20:30.000Z',
      command: 'agon check model.onnx dog.png --methods cgi,gradient-times-input --out out',
      versions: { agon: '0.1.0', node: '20.20.2' },
      engine: 'cpu',
      seed: extent.seed,
      options: { draws: extent.draws, target: 'fixed', normalisation: ['none', 'abs'] },
      seconds: 83.4,
      unfinished: extent.steps > 20 ? ['Metric infidelity of lrp(epsilon): the time budget of 600 s was spent.'] : []
    },
    model: {
      name: 'squeezenet1.1',
      graph: 'torch_jit',
      sha256: 'a3'.repeat(32),
      labels: 1000,
      preprocess: 'resize 227, BGR minus mean'
    },
    inputs,
    methods,
    similarities: figures.map((name) => ({
      name,
      cite: 'Spearman 1904, The Proof and Measurement of Association between Two Things',
      formula: "Pearson's correlation of average ranks",
      direction: 'higher',
      same: 1
    })),
    checks: [
      {
        name: 'cascading',
        cite: 'Adebayo et al. 2018, Sanity Checks for Saliency Maps, arXiv 1810.03292',
        options: { initialiser: 'own', target: 'fixed' },
        steps: steps.map((name) => ({ name, layers: [name] })),
        draws: extent.draws,
        criterion: { figure: 'spearman(abs)', absolute: true, threshold: 0.3, passes: 'below' }
      },
      {
        name: 'data-randomization',
        cite: 'Adebayo et al. 2018, Sanity Checks for Saliency Maps, arXiv 1810.03292',
        steps: [{ name: 'permuted labels', layers: ['conv1', 'conv2', 'fc1', 'fc2'] }],
        draws: extent.draws,
        criterion: { figure: 'spearman(abs)', absolute: true, threshold: 0.3, passes: 'below' },
        notes: ['The net of permuted labels reaches .971 on its training labels and .102 on the test labels.']
      }
    ],
    metrics: [
      {
        name: 'infidelity',
        cite: 'Yeh et al. 2019, arXiv 1901.09392',
        formula: 'mean of (I . phi - (f(x) - f(x - I)))^2',
        direction: 'lower',
        options: { perturbation: 'square', samples: 100 }
      },
      {
        name: 'insertion',
        cite: 'Petsiuk et al. 2018, arXiv 1806.07421',
        formula: 'area under the curve',
        direction: 'higher'
      }
    ],
    maps: methods.flatMap(({ name: method }, m) =>
      inputs.map(({ name: input }, i) => ({
        method,
        input,
        picture: `maps/${m}-${i}.png`,
        kept: method.includes('cgi') ? 0.002 : 1,
        notes: m === 1 && i === 0 ? ['Looks like an edge detector: .47 with the edges of the picture.'] : []
      }))
    ),
    cells,
    scores: scoresOf(methods, inputs, extent.seed),
    verdicts: verdictsOf(asked, methods, cells, extent.steps),
    turfs: inputs.slice(0, 2).map(({ name }, k) => turfOf(name, k, extent))
  }
}

function inputOf(k: number): ReportInput {
  return {
    name: ['dog.png', 'zebra & friends.png', 'bus.png', 'cat.png'][k] ?? `picture-${k}.png`,
    sha256: `${k}b`.repeat(32),
    picture: `inputs/${k}.png`,
    target: 207 + k,
    targetName: ['golden retriever', 'zebra', 'school bus', 'tabby'][k] ?? `label ${k}`,
    logit: 14.2 - k,
    probability: 0.91 - 0.07 * k
  }
}

/** At step s of S a similarity of about `floor + (1 - floor) exp(-4 s / S)`, the floor by method. */
function cellsOf(
  check: string,
  methods: readonly ReportMethod[],
  inputs: readonly ReportInput[],
  { draws, seed }: Extent,
  steps: number
): Cell[] {
  const random = createRandom(seed).fork(check)
  const cells: Cell[] = []
  methods.forEach(({ name: method }, m) => {
    const floor =
      method === 'input' || method === 'edge-detector'
        ? 1
        : method === 'random-map'
          ? 0
          : ([0.04, 0.55, 0.31, 0.06, 0.82, 0.44, 0.05][m] ?? 0.2)
    inputs.forEach(({ name: input, target }, i) => {
      for (let step = 1; step <= steps; step++) {
        for (let draw = 0; draw < draws; draw++) {
          const noise = floor === 1 ? 0 : 0.04 * (random.fork(method, i, step, draw).uniform() - 0.5)
          const decay = method === 'random-map' ? 0 : Math.exp((-4 * step) / steps)
          const value = floor + (1 - floor) * decay + noise
          cells.push({
            check,
            method,
            input,
            step,
            draw,
            figures: { spearman: value - 0.02, 'spearman(abs)': value, 'ssim-gaussian(abs)': 0.8 * value + 0.1 },
            kept: method.includes('cgi') ? 0.002 : 1,
            target,
            ...(draw === 0 && { picture: floor === 1 ? `maps/${m}-${i}.png` : `${check}/${m}-${i}-${step}.png` })
          })
        }
      }
    })
  })
  return cells
}

function scoresOf(methods: readonly ReportMethod[], inputs: readonly ReportInput[], seed: number): ScoreCell[] {
  const random = createRandom(seed).fork('scores')
  return methods.flatMap(({ name: method }, m) =>
    inputs.flatMap(({ name: input }, i): ScoreCell[] => [
      {
        metric: 'infidelity',
        method,
        input,
        value: 1 + m + 0.1 * random.fork(m, i).uniform(),
        samples: 100,
        spread: 0.2
      },
      { metric: 'insertion', method, input, value: 0.5 + 0.2 * random.fork(i, m).uniform(), samples: 64 }
    ])
  )
}

function verdictsOf(
  asked: readonly ReportMethod[],
  methods: readonly ReportMethod[],
  cells: readonly Cell[],
  steps: number
): Verdict[] {
  const last = (check: string, method: string): Summary =>
    summarize(
      cells
        .filter(
          (cell) => cell.check === check && cell.method === method && cell.step === (check === 'cascading' ? steps : 1)
        )
        .map((cell) => cell.figures['spearman(abs)']!)
    )!
  return ['cascading', 'data-randomization'].flatMap((check) =>
    asked.map(({ name: method }): Verdict => {
      const { value, spread, samples } = last(check, method)
      const distance = 0.3 - value
      const outcome = Math.abs(distance) < 2 * spread ? 'cannot tell' : distance > 0 ? 'passes' : 'fails'
      return {
        check,
        method,
        criterion: { figure: 'spearman(abs)', absolute: true, threshold: 0.3, passes: 'below' },
        value,
        spread,
        samples,
        outcome,
        because: `At the last step |spearman(abs)| is ${value.toFixed(2)}, ${distance > 0 ? 'below' : 'not below'} 0.3, over ${samples} draws and inputs.`,
        controls: methods
          .filter(({ role }) => role === 'control')
          .map(({ name }) => ({ method: name, ...pick(last(check, name)) })),
        faithfulness: { metric: 'insertion', value: 0.61, spread: 0.04, random: 0.49 }
      }
    })
  )
}

function pick({ value, spread }: Summary): { value: number; spread: number } {
  return { value, spread }
}

/** Three vertical bands: the target's, another's, nobody's. */
function turfOf(input: string, k: number, { side }: Extent): TurfFacts {
  const pixels = side * side
  const owner = Int16Array.from({ length: pixels }, (_, p) => [0, 1, -1][Math.floor((3 * (p % side)) / side)]!)
  const value = Float32Array.from({ length: pixels }, (_, p) => (owner[p]! < 0 ? 0 : 0.5 + p / pixels))
  const ranking = Int16Array.from({ length: 3 * pixels }, (_, at) => [207, 208, 151][(at + k) % 3]!)
  return {
    input,
    base: 'gradient-times-input',
    picture: `turf/${k}.png`,
    width: side,
    height: side,
    owners: [
      { label: 207, name: 'golden retriever', share: 1 / 3, color: '#e69f00' },
      { label: 208, name: 'Labrador <b>retriever</b>', share: 1 / 3, color: '#56b4e9' }
    ],
    owner: base64(owner),
    value: base64(value),
    margin: base64(value.map((each) => each / 2)),
    ranked: 3,
    ranking: base64(ranking),
    names: { 207: 'golden retriever', 208: 'Labrador <b>retriever</b>', 151: 'Chihuahua' }
  }
}

function base64(values: Int16Array | Float32Array): string {
  return Buffer.from(values.buffer).toString('base64')
}

/** The pictures of a made-up run: blue and vermillion noise that fades with the path, a gradient for photographs. */
export function madeUpPictures(side = 24): (path: string) => Uint8Array {
  return (path) => {
    const random = createRandom(7).fork(path)
    const data = new Uint8Array(side * side * 4)
    for (let p = 0; p < side * side; p++) {
      const x = (p % side) / side
      const y = Math.floor(p / side) / side
      const blob = Math.exp(-20 * ((x - 0.5) ** 2 + (y - 0.45) ** 2))
      const t = path.startsWith('inputs') ? x : blob * random.uniform() * 1.4 * (p % 3 ? 1 : -1)
      data.set(path.startsWith('inputs') ? [255 * x, 255 * y, 120, 255] : colorOf(t), 4 * p)
    }
    return encode({ width: side, height: side, data, channels: 4, depth: 8 })
  }
}

function colorOf(t: number): number[] {
  const level = Math.round(48 * (1 - Math.min(1, Math.abs(t)))) / 48
  const [r, g, b] = t > 0 ? [190, 60, 10] : [20, 80, 170]
  return [...[r!, g!, b!].map((each) => Math.round(each + (246 - each) * level)), 255]
}
