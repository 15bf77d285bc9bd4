// `node scripts/method-pages/main.mjs [NAME ...]`: measures methods on the embedded classifier; writes figures and a picture into docs/methods/NAME.md.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { createEngine, embedded, explain, loadModel, methods, prepareInput } from 'agon'
import { measure } from './measure.mjs'
import { picturePath, writeBlock } from './page.mjs'
import { drawn } from './picture.mjs'

/** Options of methods whose defaults would take minutes; their pages name them. */
const options = {}

/** Bases of methods in which labels compete, where the name does not tell, with their options. */
const bases = {
  cgi: ['gradient-times-input'],
  'competitive-lrp-epsilon': ['lrp', { rule: 'epsilon' }],
  'competitive-shapley': ['shapley-sampling']
}

const { name: embeddedName, pictures } = embedded[0]
const model = await loadModel(embeddedName)
const { engine } = createEngine('auto')
const prepared = await Promise.all(pictures.map((picture) => prepareInput(model, picture)))
const input = stacked(prepared.map((each) => each.input))
const shownPicture = pictures.find((path) => path.includes('ankle-boot'))

for (const name of process.argv.length > 2 ? process.argv.slice(2) : methods.names) {
  const given = options[name] ?? {}
  const method = methods.get(name).create(given)
  const figures = await measure(engine, model, input, method, baseOf(name))
  const shown = await explain(model, shownPicture, method, { engine })
  mkdirSync(dirname(picturePath(name)), { recursive: true })
  writeFileSync(picturePath(name), drawn(shown))
  writeBlock(name, figures, { label: shown.targetName[0], pictures: pictures.length, options: given })
  console.log(`${name} ${JSON.stringify(figures)}`)
}

/** The method over whose maps the labels compete. */
function baseOf(name) {
  if (!methods.get(name).competitive) return undefined
  const [base, given = {}] = bases[name] ?? [name.replace('competitive-', '')]
  return methods.get(base).create({ ...given, ...options[name] })
}

/** Examples `[1, ...]` as one batch. */
function stacked(examples) {
  const size = examples[0].data.length
  const data = new Float32Array(examples.length * size)
  examples.forEach((example, n) => data.set(example.data, n * size))
  return { shape: [examples.length, ...examples[0].shape.slice(1)], data }
}
