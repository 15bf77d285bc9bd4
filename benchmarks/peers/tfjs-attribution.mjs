/**
 * node tfjs-attribution.mjs TFJS_FOLDER MODEL.onnx INPUT.npy METHOD N [--threads T] [--seconds S]
 *
 * Integrated gradients or SmoothGrad of label 0 with N gradients, on tfjs's wasm backend. Prints one line of JSON last, as bin/attribute.mjs does.
 * All N inputs are one batch, which is tfjs's fastest way on nets this small.
 */
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { readNpy } from '@agon/images'
import { readOnnx } from '@agon/onnx'
import { peakMegabytes, repeated, rounded } from '../dist/repeated.js'
import { netOf } from './tfjs-net.mjs'

const options = { threads: { type: 'string', default: '1' }, seconds: { type: 'string', default: '0' } }
const { positionals, values } = parseArgs({ allowPositionals: true, options })
const [folder, modelPath, inputPath, method, count] = positionals
const seconds = Number(values.seconds)

const tf = await loadTfjs(Number(values.threads))
const net = netOf(tf, await readOnnx(readFileSync(modelPath)))
const { shape, data } = readNpy(readFileSync(inputPath))
const picture = tf.transpose(tf.tensor(data, shape), [0, 2, 3, 1])
const gradient = tf.grad((batch) => tf.sum(tf.slice(net(batch), [0, 0], [-1, 1])))
const attribution = { 'integrated-gradients': integratedGradients, 'smooth-grad': smoothGrad }[method]

let sum
const run = async () => {
  const map = tf.tidy(() => attribution(Number(count)))
  const result = await map.data()
  map.dispose()
  sum = result.reduce((a, b) => a + b, 0)
}
await repeated(run, seconds / 2)
const { core_s, wall_s } = await repeated(run, seconds)
const figures = { core_s, wall_s, peak_mb: peakMegabytes(), sum }
console.log(JSON.stringify({ method, ...Object.fromEntries(Object.entries(figures).map(([k, v]) => [k, rounded(v)])) }))
process.exit(0) // wasm threads would keep the process alive

/** x times the mean gradient at the midpoints of n steps from 0 to x. */
function integratedGradients(n) {
  const steps = tf.reshape(tf.tensor1d(Array.from({ length: n }, (_, i) => (i + 0.5) / n)), [n, 1, 1, 1])
  return tf.mul(picture, tf.mean(gradient(tf.mul(steps, picture)), 0, true))
}

/** The mean gradient at n noisy copies, deviation 0.15 of the range of x. */
function smoothGrad(n) {
  const deviation = 0.15 * (data.reduce((a, b) => Math.max(a, b)) - data.reduce((a, b) => Math.min(a, b)))
  const noise = tf.randomNormal([n, ...picture.shape.slice(1)], 0, deviation)
  return tf.mean(gradient(tf.add(picture, noise)), 0, true)
}

/** tfjs as one module: its published modules name their siblings without endings, which Node does not resolve. */
async function loadTfjs(threads) {
  const require = createRequire(join(folder, 'package.json'))
  const cache = fileURLToPath(new URL('../.cache/', import.meta.url))
  mkdirSync(cache, { recursive: true })
  const outfile = join(cache, 'tfjs.cjs')
  const contents = `export * from '@tensorflow/tfjs-core'
    import '@tensorflow/tfjs-core/dist/register_all_gradients'
    export { setWasmPaths, setThreadsCount } from '@tensorflow/tfjs-backend-wasm'`
  const settings = { bundle: true, platform: 'node', format: 'cjs', mainFields: ['module', 'main'], logLevel: 'silent' }
  require('esbuild').buildSync({ stdin: { contents, resolveDir: folder }, outfile, ...settings })
  const loaded = createRequire(import.meta.url)(outfile)
  loaded.setWasmPaths(`${join(folder, 'node_modules/@tensorflow/tfjs-backend-wasm/dist')}/`)
  loaded.setThreadsCount(threads)
  await loaded.setBackend('wasm')
  await loaded.ready()
  return loaded
}
