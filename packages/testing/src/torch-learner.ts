import { readFileSync } from 'node:fs'
import type { AdamStep, Constant, Learner, Model, Node, Tensor } from '@agon/core'
import { relativeError } from './compare.js'

/** Three steps of PyTorch's AdamW on a small convolutional net, decay on weights only: what every learner must reproduce. */
export interface TorchLearner {
  readonly model: Model
  readonly adam: Omit<AdamStep, 'step'>
  readonly steps: readonly TorchStep[]
}

export interface TorchStep {
  readonly input: Tensor
  readonly labels: readonly number[]
  readonly loss: number
  readonly correct: number
  /** By parameter: of this step's pass, and the parameters after its update. */
  readonly gradients: Numbers
  readonly parameters: Numbers
}

type Numbers = Readonly<Record<string, readonly number[]>>

interface File {
  readonly adam: TorchLearner['adam']
  readonly shapes: Numbers
  readonly start: Numbers
  readonly steps: readonly (Omit<TorchStep, 'input'> & { readonly input: readonly number[] })[]
}

/** Reads the golden run. */
export function torchLearner(): TorchLearner {
  const file = JSON.parse(readFileSync(new URL('../fixtures/torch/learner.json', import.meta.url), 'utf8')) as File
  const steps = file.steps.map((step) => ({
    ...step,
    input: { shape: [step.labels.length, 2, 6, 6], data: Float32Array.from(step.input) }
  }))
  return { model: modelFrom(file), adam: file.adam, steps }
}

/** How far a learner is from the golden run, the most of all steps and parameters. */
export interface TorchErrors {
  /** Absolute: of the loss, and of how many examples are named rightly. */
  readonly loss: number
  readonly correct: number
  /** Relative, by `relativeError`. */
  readonly gradients: number
  readonly parameters: number
}

/** Makes the steps of the golden run with a learner of its model. */
export async function errorsAgainstTorch(learner: Learner): Promise<TorchErrors> {
  const most = { loss: 0, correct: 0, gradients: 0, parameters: 0 }
  const note = (what: keyof TorchErrors, error: number): void => {
    most[what] = Math.max(most[what], error)
  }
  const { adam, steps } = torchLearner()
  for (const [t, expected] of steps.entries()) {
    const { loss, correct } = await learner.pass(expected.input, expected.labels)
    note('loss', Math.abs(loss - expected.loss))
    note('correct', Math.abs(correct - expected.correct))
    const gradients = learner.gradients()
    await learner.update({ ...adam, step: t + 1 })
    const { parameters } = learner.read()
    for (const name of Object.keys(expected.parameters)) {
      note('gradients', relativeError(gradients.get(name)!.data, expected.gradients[name]!))
      note('parameters', relativeError(parameters.get(name)!, expected.parameters[name]!))
    }
  }
  return most
}

function modelFrom({ shapes, start }: File): Model {
  const constants = Object.entries(shapes).map(([name, shape]): [string, Constant] => [
    name,
    { dtype: 'float32', shape, data: Float32Array.from(start[name]!) }
  ])
  const node = (op: string, inputs: readonly string[], attributes: Node['attributes'] = {}): Node => ({
    name: op,
    op,
    inputs,
    outputs: [`${op}.out`],
    attributes
  })
  return {
    name: 'torch-learner',
    inputs: [{ name: 'x', dtype: 'float32', shape: ['N', 2, 6, 6] }],
    outputs: [{ name: 'Gemm.out', dtype: 'float32', shape: ['N', 3] }],
    nodes: [
      node('Conv', ['x', 'conv.weight', 'conv.bias'], { pads: [1, 1, 1, 1] }),
      node('Relu', ['Conv.out']),
      node('MaxPool', ['Relu.out'], { kernel_shape: [2, 2], strides: [2, 2] }),
      node('Flatten', ['MaxPool.out']),
      node('Gemm', ['Flatten.out', 'dense.weight', 'dense.bias'], { transB: 1 })
    ],
    constants: new Map(constants)
  }
}
