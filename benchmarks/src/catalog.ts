/** A model of the comparison, and who computes the same maps on it. */
export interface ModelEntry {
  readonly name: string
  readonly labels: number
  /** Over all labels, against the best peer: times faster. */
  readonly goal: { readonly at_least: number; readonly aim: number }
  /** Label counts between which a peer's cost per label is taken. */
  readonly peerPair: readonly [number, number]
  /** Ways of PyTorch, as the peers' folder writes them; the second list runs with --full only. */
  readonly torch: { readonly always: readonly string[]; readonly full: readonly string[] }
  readonly jax: readonly string[]
}

function entry(
  name: string,
  labels: number,
  [at_least, aim]: readonly [number, number],
  peerPair: readonly [number, number],
  always: readonly string[],
  full: readonly string[] = [],
  jax: readonly string[] = []
): ModelEntry {
  return { name, labels, goal: { at_least, aim }, peerPair, torch: { always, full }, jax }
}

/**
 * Every model with a goal. The peers are the fastest found per model among loops, tiled batches, batched gradients and jacrev, each
 * plain, channels last, with batch normalization folded and compiled; compiling takes longer than a short run may.
 */
export const models: readonly ModelEntry[] = [
  entry('lenet', 10, [3, 8], [1, 10], ['tile:10+cl', 'jacrev:10']),
  entry('cifar', 10, [3, 8], [1, 10], ['jacrev:10', 'isgb:10']),
  entry('textcnn', 4, [1.5, 2.5], [1, 4], ['isgb:4', 'jacrev:4'], [], ['jacrev']),
  entry('berttiny200', 200, [1.5, 2.5], [50, 200], ['tile:8', 'isgb:8'], ['tile:8+compile'], ['chunk:25']),
  entry('minilm200', 200, [1.5, 2.5], [8, 24], ['isgb:8'], ['tile:8', 'tile:8+compile'], ['chunk:8']),
  entry('squeezenet1_1', 1000, [8, 12], [32, 96], ['tile:4+cl'], ['tile:8+cl', 'isgb:16']),
  entry('mobilenet_v2', 1000, [4, 6], [32, 96], ['tile:4+cl+fold'], ['tile:8+cl+fold']),
  entry('resnet18', 1000, [6, 9], [16, 48], ['tile:8+cl+fold'], ['isgb:8+cl+fold']),
  entry('resnet50', 1000, [4.5, 5], [8, 24], ['tile:8+cl+fold'], ['isgb:8+cl+fold']),
  entry('vgg16', 1000, [5, 6.5], [4, 12], ['tile:4+cl'], ['isgb:4'])
]

/** Agon's label counts for fixed cost and slope: whole blocks of 64 labels where there are enough. */
export function ownPair({ labels }: ModelEntry, full: boolean): readonly [number, number] {
  if (labels <= 16) return [1, labels]
  if (labels < 256) return [64, labels]
  return full ? [64, 192] : [64, 128]
}

/** Every label count that agon is timed at. */
export function ownCounts(model: ModelEntry, full: boolean): number[] {
  const more = full ? [10, 100, 1000, model.labels] : []
  return counts(model, [...ownPair(model, full), ...more])
}

/** Every label count that a peer is timed at; beyond, its cost is fixed cost + labels x slope. */
export function peerCounts(model: ModelEntry, full: boolean): number[] {
  return counts(model, [...model.peerPair, ...(full ? [10, 100] : [])])
}

function counts({ labels }: ModelEntry, wanted: readonly number[]): number[] {
  return [...new Set(wanted)].filter((n) => n <= labels).sort((a, b) => a - b)
}

/** Methods that average many gradients of one label, on the nets on which peers run them; Captum's ways are batch and layout. */
export const attributions = {
  gradients: 50,
  methods: [
    { name: 'integrated-gradients', option: 'steps' },
    { name: 'smooth-grad', option: 'samples' }
  ],
  models: [
    { name: 'lenet', tfjs: true, captum: { always: ['50+cl'], full: ['50'] } },
    { name: 'cifar', tfjs: true, captum: { always: ['50+cl'], full: ['50'] } },
    {
      name: 'resnet18',
      tfjs: false,
      captum: { always: ['10+cl+fold'], full: ['50+cl+fold', '10+fold'] },
      goal: { at_least: 1.5, aim: 3 }
    }
  ]
} as const
