// How far maps follow the edges of their inputs, and labels' maps each other: the figures of docs/competition.md.
// node scripts/edge-figures.mjs <folder of models and pictures> [part of a model's name]     (built packages, about half an hour for all)
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './ensure.mjs'

const agon = await import(join(root, 'packages/agon/dist/index.js'))
const {
  alikeness,
  contest,
  createRandom,
  edgeMap,
  edgeSimilarity,
  edgeThreshold,
  explainSession,
  loadImage,
  loadModel
} = agon
const [data, only = ''] = process.argv.slice(2)
const session = agon.createEngine('auto').engine
const tried = {
  gradient: {},
  'gradient-times-input': {},
  'integrated-gradients': { steps: 10 },
  'smooth-grad-squared': { samples: 10 },
  'guided-backprop': {},
  deconvnet: {}
}

const photos = names(join(data, 'images/imagenet-sample')).filter((_, i) => i % 4 === 0)
for (const [name, preset, side] of [
  ['squeezenet1.1-imagenet', 'caffe', 227],
  ['tinydarknet-imagenet', 'unit', 224],
  ['mobilenetv2-1.0-224-imagenet', 'tf', 224]
]) {
  const preprocess = agon.presets.get(preset)
  const sized = { ...preprocess, resize: { ...preprocess.resize, width: side, height: side } }
  await figures(name, join(data, 'models', name, 'model.onnx'), photos, (path) => loadImage(path, sized))
}
await figures(
  'doodlenet-quickdraw345',
  join(data, 'models/doodlenet-quickdraw345/model.onnx'),
  drawings(),
  (input) => ({ input })
)
const embedded = await loadModel('fashion-mnist')
const clothes = names(join(root, 'packages/agon/assets/fashion-mnist/pictures')).slice(0, 12)
await figures('fashion-mnist', 'fashion-mnist', clothes, (path) => loadImage(path, embedded.preprocess))

/** Least, median and largest figure of every method over the pictures, and how many are above the threshold. */
async function figures(name, model, pictures, read) {
  if (!name.includes(only)) return
  const loaded = await session.load(await loadModel(model))
  const found = new Map()
  const add = (what, value) => value !== undefined && found.set(what, [...(found.get(what) ?? []), value])
  for (const picture of pictures) {
    const { input } = await read(picture)
    for (const [method, options] of Object.entries(tried)) {
      if (!agon.methods.has(method)) continue
      const { attribution } = await explainSession(loaded, input, agon.methods.get(method).create(options))
      add(method, edgeSimilarity(attribution, input, 0))
    }
    const edges = edgeMap(input, 0)
    const random = createRandom(1)
    const map = (value) => ({ shape: [1, 1, ...input.shape.slice(2)], data: Float32Array.from(edges, value) })
    add('random', edgeSimilarity(map(() => random.normal()), input, 0)) // prettier-ignore
    add('edges x (1 + .5 noise)', edgeSimilarity(map((edge) => edge * (1 + 0.5 * random.normal())), input, 0)) // prettier-ignore
    add('(alikeness of labels)', alikeness(await contest(loaded, input, agon.gradientTimesInput()), 0))
  }
  loaded.dispose()
  console.log(
    `${name}, ${pictures.length} pictures: least, median, largest; above ${edgeThreshold}, of labels ${agon.alikeThreshold}`
  )
  for (const [what, values] of found) {
    const sorted = values.sort((a, b) => a - b)
    const shown = [sorted[0], sorted[sorted.length >> 1], sorted.at(-1)].map((value) => value.toFixed(3).padStart(7))
    const above = sorted.filter((value) => value > (what.startsWith('(') ? agon.alikeThreshold : edgeThreshold))
    console.log(`  ${what.padEnd(24)} ${shown.join(' ')}  ${above.length}`)
  }
}

function names(folder) {
  return readdirSync(folder).map((name) => join(folder, name))
}

/** The first drawing of every kind, 28 x 28, 0 .. 1. */
function drawings() {
  const files = names(join(data, 'datasets/quickdraw-9')).filter((name) => name.endsWith('.npy'))
  return files.map((file) => {
    const { data: ink } = agon.readNpy(readFileSync(file))
    return { shape: [1, 1, 28, 28], data: Float32Array.from(ink.slice(0, 784), (value) => value / 255) }
  })
}
