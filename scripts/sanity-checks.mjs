// `node scripts/sanity-checks.mjs`: verdicts of the checks on the embedded classifier, as the table of docs/sanity-checks.md.
import {
  cascading,
  cgi,
  createEngine,
  decidingValues,
  edgeDetector,
  embedded,
  emprt,
  gradient,
  gradientTimesInput,
  guidedBackprop,
  identity,
  independent,
  inputItself,
  judge,
  loadModel,
  parseFigure,
  prepareInput,
  randomLogit,
  randomMap,
  runCheck,
  smprt,
  withThinning
} from 'agon'

const { name, pictures } = embedded[0]
const model = await loadModel(name)
const { engine } = createEngine('auto')
const prepared = await Promise.all(pictures.map((picture) => prepareInput(model, picture)))
const size = prepared[0].input.data.length
const input = {
  shape: [prepared.length, ...prepared[0].input.shape.slice(1)],
  data: Float32Array.from(prepared.flatMap((each) => [...each.input.data]))
}
const figures = ['spearman(abs)', 'spearman'].map((text) => parseFigure(text))
const { competitive, thinned } = withThinning(cgi())
const methods = [gradient(), gradientTimesInput(), guidedBackprop(), competitive, thinned]
const all = [...methods, randomMap(), inputItself(), edgeDetector()]
const checks = [
  independent({ steps: 1 }),
  cascading(),
  cascading({ initialiser: 'permutation' }),
  randomLogit(),
  smprt({ steps: 1, draws: 5 }),
  emprt(),
  identity()
]

console.log(`${pictures.length} pictures of ${size} numbers, ${engine.name}, seed 0`)
for (const check of checks) {
  const label = check.options.initialiser === 'permutation' ? `${check.name}, permutation` : check.name
  const runs = new Map()
  for (const method of all) {
    runs.set(method, await runCheck(engine, model, method, input, check, { figures }))
  }
  const cells = all.map((method) => {
    const values = (each) => decidingValues(runs.get(each), check.criterion)
    const told = judge(check.criterion, values(method), method === competitive ? { thinned: values(thinned) } : {})
    const width = told.uncertainty === undefined ? '' : ` ± ${told.uncertainty.toFixed(2)}`
    return `${told.value.toFixed(2)}${width} ${told.outcome}`
  })
  console.log(`| ${[label, ...cells].join(' | ')} |`)
  if (check.name !== 'cascading') continue
  for (const method of all)
    console.log(
      `  ${method.name}: ${steps(runs.get(method), 'spearman(abs)')}; signed ${steps(runs.get(method), 'spearman')}`
    )
}
console.log(`| check | ${all.map((method) => method.name).join(' | ')} |`)

/** The mean of a figure at every step. */
function steps(run, figure) {
  return run.steps
    .map((_, s) => {
      const values = run.cells.filter(({ step }) => step === s + 1).map((cell) => cell.figures[figure])
      return (values.reduce((sum, value) => sum + value, 0) / values.length).toFixed(2)
    })
    .join(' ')
}
