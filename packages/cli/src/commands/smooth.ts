import { resolve } from 'node:path'
import {
  AgonError,
  loadModel,
  plannedSwaps,
  smooth,
  smoothableOperators,
  writeOnnx,
  type LoadedModel,
  type SmoothSwap
} from 'agon'
import type { Command } from 'commander'
import type { Io } from '../io.js'
import { smoothText } from '../output/smooth-text.js'
import { writeFiles, type PendingFile } from '../output/write-files.js'
import { collect } from '../parse/method-options.js'
import { parseSmoothOptions, type RawSmoothOptions } from '../parse/smooth-options.js'
import { measureDrift } from '../run/drift.js'
import { version } from '../version.js'

const after = `
softplus:BETA puts log(1 + exp(BETA x)) / BETA in place of max(x, 0), in Relu and in the operators that are made of it.
log-sum-exp:T puts log(sum exp(T x)) / T in place of the maximum of MaxPool and GlobalMaxPool; log-sum-exp:T:mean takes the mean in place of
the sum. Padding never counts. The larger BETA and T, the nearer the smooth model is to the given one; nothing is trained.

--backward-only keeps every logit: only the derivatives are those of the smooth functions, at the values of the given model. Other runtimes see the
given model in such a file; Agon sees both.

--out writes an ONNX file with standard operators only, and the model's preprocessing beside it. --input tells how far the logits move: drift is
the root mean square of their differences, as a share of their standard deviation over the labels.

Examples:
  agon smooth resnet18.onnx --relu softplus:10 --max-pool log-sum-exp:10 --out smooth.onnx
  agon smooth mobilenet_v2.onnx --clip softplus:10 --input cat.jpg dog.jpg
  agon smooth model.onnx --relu softplus:5 --only conv1/relu --out smooth.onnx
`

/** `agon smooth` */
export function addSmooth(program: Command, io: Io): void {
  program
    .command('smooth')
    .description('replace rectifiers by softplus and max pooling by log-sum-exp, and write the model')
    .argument('<model>', 'an ONNX file, or fashion-mnist')
    .option('--relu <softplus:beta>', 'Relu')
    .option('--leaky-relu <softplus:beta>', 'LeakyRelu')
    .option('--p-relu <softplus:beta>', 'PRelu')
    .option('--clip <softplus:beta>', 'Clip, ReLU6 among them')
    .option('--hard-sigmoid <softplus:beta>', 'HardSigmoid')
    .option('--hard-swish <softplus:beta>', 'HardSwish')
    .option('--max-pool <log-sum-exp:t>', 'MaxPool and GlobalMaxPool; log-sum-exp:t:mean for the mean')
    .option('--only <node>', 'only this node, repeatable (default: all)', collect)
    .option('--backward-only', 'keep the forward pass as it is, and make only its derivative smooth')
    .option('--out <file>', 'the ONNX file to write')
    .option('--input <files...>', 'pictures or .npy tensors on which the drift of the logits is measured')
    .option('--preprocess <how>', "how pictures become numbers (default: as the model's sidecar says)")
    .option('--logits <output>', 'the output that holds the logits, where the model has several (default: the first)')
    .option('--engine <engine>', 'that measures the drift', 'auto')
    .option('--threads <n>', 'threads of the native engine')
    .option('--json', 'print one JSON document on standard output, and nothing else there')
    .addHelpText('after', after)
    .action((model: string, raw: RawSmoothOptions) => smoothCommand(io, model, raw))
}

async function smoothCommand(io: Io, modelName: string, raw: RawSmoothOptions): Promise<void> {
  const options = await parseSmoothOptions(raw)
  const model = await loadModel(modelName, options.logits === undefined ? {} : { output: options.logits })
  if (options.out !== undefined) assertNoInput(options.out, [model.path, ...options.inputs])
  const smoothed = smooth(model, options.smooth)
  const swapped = plannedSwaps(model, options.smooth)
  const files = options.out === undefined ? [] : filesOf(options.out, smoothed)
  const drifts = options.inputs.length === 0 ? [] : await measureDrift(io, model, smoothed, options)
  await writeFiles(files, io.signal)
  const paths = files.map(({ path }) => path)
  const left = leftOf(model, swapped)
  if (options.json) {
    const document = {
      format: 'agon-smooth/1',
      agon: version(),
      model: model.path,
      sha256: model.sha256,
      swapped,
      left,
      drifts,
      files: paths
    }
    io.out(`${JSON.stringify(document, null, 2)}\n`)
  } else io.out(smoothText({ swapped, left, drifts, files: paths, ...(model.labels && { labels: model.labels }) }))
}

/** The model, and a sidecar if its preprocessing is known; labels travel in the model's metadata. */
function filesOf(out: string, model: LoadedModel): readonly PendingFile[] {
  const file = { path: out, data: writeOnnx(model) }
  if (model.preprocess === undefined) return [file]
  const sidecar = `${JSON.stringify({ preprocess: model.preprocess }, null, 2)}\n`
  return [file, { path: out.replace(/\.onnx$/i, '.agon.json'), data: sidecar }]
}

/** Operators that could become smooth and did not: how many nodes of each. */
function leftOf({ nodes }: LoadedModel, swapped: readonly SmoothSwap[]): Readonly<Record<string, number>> {
  const done = new Set(swapped.map(({ node }) => node))
  const left = new Map<string, number>()
  for (const { op, name } of nodes) {
    if (smoothableOperators.includes(op) && !done.has(name)) left.set(op, (left.get(op) ?? 0) + 1)
  }
  return Object.fromEntries(left)
}

function assertNoInput(out: string, sources: readonly string[]): void {
  if (!sources.some((path) => resolve(path) === resolve(out))) return
  throw new AgonError('AGON_BAD_OPTION', { what: '--out', expected: 'a file that is not read here', found: `'${out}'` })
}
