import { readFileSync } from 'node:fs'
import { summedAxis, type Model, type Plan } from '@agon/core'
import { readNpy } from '@agon/images'
import { createCpuEngine } from '@agon/native'
import { readOnnx } from '@agon/onnx'
import type { Case } from './case.js'
import { models, type ModelEntry } from './catalog.js'
import { gpuFloor, h200 } from './gpu-floor.js'
import { graphFiles, type GraphFiles } from './graphs.js'
import type { BenchRecord } from './records.js'

/** The nets of the GPU's goals. */
const names: readonly string[] = ['squeezenet1_1', 'mobilenet_v2', 'resnet50', 'vgg16', 'minilm200']

/** What the contest of all labels needs on a GPU at least, counted here; nothing is timed. */
export const gpuFloorCases: readonly Case[] = models
  .filter(({ name }) => names.includes(name))
  .map((model) => ({
    id: `gpu-floor/${model.name}`,
    run: async ({ places }) => count(model, graphFiles(model.name, places))
  }))

async function count(entry: ModelEntry, files: GraphFiles | undefined): Promise<BenchRecord> {
  const id = `gpu-floor/${entry.name}`
  if (files === undefined) return { kind: 'skip', id, reason: 'no model file; it is exported by a Python with torch' }
  const model = await readOnnx(readFileSync(files.model))
  const plan = await planOf(model, files.input)
  const { name, labels } = entry
  return {
    kind: 'gpu-floor',
    id,
    model: name,
    gpu: h200.name,
    labels,
    ...gpuFloor(plan, labels, weightBytes(model), h200)
  }
}

/** Below the classifier the counts of one label do not depend on how many there are. */
const countedLabels = 64

/** Every label carried down to the input, as the core for GPUs does. */
async function planOf(model: Model, input: string): Promise<Plan> {
  const session = await createCpuEngine({ waist: 'never', meet: 'never', batch: 'never' }).load(model)
  try {
    const { shape, data } = readNpy(readFileSync(input))
    let plan: Plan | undefined
    await session.contest({ shape, data }, [Array.from({ length: countedLabels }, (_, label) => label)], {
      multiply: 'input',
      ...(shape.length === 4 && { sumAxis: summedAxis(shape, 'pixel') }),
      onPlan: (made) => (plan = made)
    })
    return plan!
  } finally {
    session.dispose()
  }
}

function weightBytes({ constants }: Model): number {
  return [...constants.values()].reduce((sum, { data }) => sum + 4 * data.length, 0)
}
