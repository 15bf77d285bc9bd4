import { createRandom, sizeOf, type ContestOptions, type Model, type PassOptions, type Tensor } from '@agon/core'
import { createReferenceEngine } from '@agon/engine-reference'
import { inputAwayFromKinks, nodeList, randomModel } from '@agon/testing'
import { randomTensor, range } from './helpers.js'

/** A random graph, an example that is away from every kink, and how its contest is run; all follow from the seed. */
export interface Trial {
  readonly seed: number
  readonly model: Model
  readonly labels: number
  /** `[1, ...]`; absent where no such example was found. */
  readonly example: Tensor | undefined
  readonly options: PassOptions & ContestOptions
  /** A value in the middle of the graph. */
  readonly middle: string
}

export async function trialOf(seed: number, model = randomModel(seed)): Promise<Trial> {
  const random = createRandom(seed).fork('trial')
  const session = await createReferenceEngine().load(model)
  const example = await inputAwayFromKinks(model, session, seed)
  const shape = [1, ...model.inputs[0]!.shape.slice(1).map(Number)]
  const multiply = (['none', 'input', 'input-minus-baseline'] as const)[random.integer(3)]!
  const options = {
    multiply,
    ...(multiply === 'input-minus-baseline' && { baseline: randomTensor(shape, seed + 1) }),
    ...(random.integer(2) === 0 && { sumAxis: 1 + random.integer(shape.length - 1) }),
    scale: random.integer(4) === 0 ? 'logit' : 'one'
  } as const
  const labels = sizeOf(model.outputs[0]!.shape.slice(1).map(Number))
  const values = model.nodes.slice(0, -1).flatMap(({ outputs }) => outputs)
  return { seed, model, labels, example, options, middle: values[random.integer(values.length)]! }
}

/** The labels of each example in an order of its own. */
export function shuffledLabels({ seed, labels }: Trial, examples: number): number[][] {
  return range(examples).map((n) => createRandom(seed).fork('labels', n).permutation(labels))
}

/** Runs a check; what it throws is preceded by all that is needed to run the graph again. */
export async function replayable({ seed, model }: Trial, run: () => Promise<void>): Promise<void> {
  try {
    await run()
  } catch (error) {
    const again = `AGON_RANDOM_FIRST=${seed} AGON_RANDOM_GRAPHS=1`
    throw new Error(`${(error as Error).message}\nseed ${seed} (again: ${again})\n${nodeList(model)}`, { cause: error })
  }
}
