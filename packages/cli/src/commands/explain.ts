import { groupScores, methods, modelPath } from 'agon'
import type { Command } from 'commander'
import { sayNote, type Io } from '../io.js'
import { drawNotes, mapNotes } from '../output/draw-notes.js'
import { explainEndings, explainOutput, type ExplainOutput } from '../output/explain-files.js'
import { explainText } from '../output/explain-text.js'
import { plansText } from '../output/plan-text.js'
import { writeFiles } from '../output/write-files.js'
import { parseExplainOptions, type ExplainCommandOptions, type RawExplainOptions } from '../parse/explain-options.js'
import { collect } from '../parse/method-options.js'
import { addRunOptions } from '../parse/run-options.js'
import { openAgon } from '../plugins/open-agon.js'
import { explainOne, type Explained } from '../run/explained.js'
import { withRun, type Run } from '../run/open-run.js'
import { planOutputs } from '../run/plan-outputs.js'
import { forEachInput, type ReadInput } from '../run/read-inputs.js'
import { version } from '../version.js'

const after = `
For input boot.png and method cgi the files are boot.cgi.png, boot.cgi.npy and boot.cgi.json; several methods also share
the sheet boot.png. Two inputs whose names differ in their extension only are refused. An .npy file is fed as it is.

--plan lists the layers of the backward pass of a contest: by which way the engine took each, which share of its outputs was
alive and of its inputs wanted, 10^9 floating-point operations as counted and of a pass that skips nothing, time and speed.
--precision bf16 rounds both factors of every product of convolutions and matrix products on the way back to bfloat16; their
sums, everything else and the forward pass stay float32. Every run measures what that changes: a sample of 16 of the labels
contest each other in bf16 and in float32, and the IoU of their decisions is told. It is no faster on the CPU, which has no bf16
products. tf32 rounds to 11 bits likewise, on the cuda engine only.
--competition soft:T keeps of every score its share by a softmax over the labels, T in root mean squares of the map of the label with
the largest logit (default 0.1); margin keeps its lead over the runner-up. --groups FILE.json lets groups of labels compete, {"cats":
["tabby", 282], "dogs": [153, 154]} say, members not against each other; the map is that of the target's group. These, and subsets by
--labels, are extensions of Agon, not the published competition; every output says so. soft and --groups take a pass per chunk of labels.
'agon methods' lists the options of every method. competitive-<method> is the competition over any method in which labels do not
compete, and --option base=<method> another base of a method that has one.

Examples:
  agon explain fashion-mnist boot.png
  agon explain resnet18.onnx cat.jpg dog.jpg --method cgi,gradient-times-input --preprocess torchvision
  agon explain model.onnx cat.jpg --target 'tiger cat' --labels top:20 --memory 1GiB --out maps
  agon explain model.onnx features.npy --granularity element --format npy,json --json
  agon explain model.onnx cat.jpg --method integrated-gradients --option steps=20 --option quadrature=midpoint
  agon explain resnet18.onnx cat.jpg --method grad-cam,layer-cam --preprocess torchvision
  agon explain model.onnx cat.jpg --method cgi --option layer=relu_12
  agon explain model.onnx cat.jpg --method cgi --plan
  agon explain model.onnx cat.jpg --precision bf16
  agon explain model.onnx cat.jpg --competition soft:0.2
  agon explain model.onnx cat.jpg --groups pets.json --target 'tabby'
`

/** `agon explain` */
export function addExplain(program: Command, io: Io): void {
  const command = program
    .command('explain')
    .description('explain what a classifier sees: saliency maps of one label per input')
    .argument('<model>', 'an ONNX file, or fashion-mnist')
    .argument('<input...>', 'pictures (.png .jpg .jpeg .webp) or tensors (.npy)')
    .option('--method <methods>', `one or more, separated by commas: ${methods.names.join(', ')}`, 'cgi')
    .option('--target <label>', 'the label to explain: top, an index, or a name', 'top')
    .option('--granularity <what>', 'what is contested: pixel (after the sum over channels) or element', 'pixel')
    .option('--ties <rule>', 'who wins an element where labels are equal: lose (nobody) or keep (each of them)', 'lose')
  command
    .option(
      '--competition <form>',
      'what of a score is kept: strict (all or nothing); extensions of Agon: soft or soft:T (its share), margin (its lead)',
      'strict'
    )
    .option('--groups <file>', 'groups of labels that compete in place of single ones (extension): a .json file')
    .option('--group-score <score>', `what a group's score is made of: ${groupScores.join(', ')} (default: mean)`)
    .option(
      '--option <name=value>',
      'an option of the method, repeatable; of several methods, those that know it get it',
      collect
    )
    .option('--plan', 'print what the engine skipped and how long each layer took, for methods in which labels compete')
  addRunOptions(command)
    .addHelpText('after', after)
    .action((model: string, inputs: string[], raw: RawExplainOptions, command: Command) =>
      explainCommand(io, command, model, inputs, raw)
    )
}

async function explainCommand(
  io: Io,
  command: Command,
  model: string,
  inputs: readonly string[],
  raw: RawExplainOptions
): Promise<void> {
  const open = await openAgon(command)
  const options = await parseExplainOptions(open.agon, raw)
  const named = planOutputs(inputs, modelPath(model), options.out, explainEndings(options))
  const competes = options.methods.some(({ competitive }) => competitive)
  if (!competes) sayUnused(io, options)
  const documents = await withRun(io, open, model, options, competes, (run) =>
    forEachInput(run, named, async (input) => {
      const output = await explainInput(run, input, options)
      await writeFiles(output.files, io.signal)
      if (!options.json) io.out(explainText(output) + plansText(output.records))
      return document(output)
    })
  )
  if (options.json)
    io.out(
      `${JSON.stringify({ format: 'agon-explain/1', agon: version(), out: options.out, inputs: documents }, null, 2)}\n`
    )
}

async function explainInput(run: Run, input: ReadInput, options: ExplainCommandOptions): Promise<ExplainOutput> {
  const notes = drawNotes(input, options)
  for (const { message } of notes) sayNote(run.io, message)
  const results: Explained[] = []
  for (const method of options.methods) {
    const result = withMapNotes(await explainOne(run, input, method, options), input, options)
    for (const { message } of result.explanation.notes) sayNote(run.io, `${input.name}, ${method.name}: ${message}`)
    results.push(result)
  }
  return explainOutput(run, { ...input, notes: [...input.notes, ...notes] }, results, options)
}

function withMapNotes(result: Explained, input: ReadInput, options: ExplainCommandOptions): Explained {
  const { explanation } = result
  return {
    ...result,
    explanation: { ...explanation, notes: [...explanation.notes, ...mapNotes(input, result, options)] }
  }
}

/** What the JSON document of `--json` says of one input. */
function document({ input, records, sheet }: ExplainOutput) {
  return { path: input.path, name: input.name, sheet: sheet ?? null, results: records }
}

function sayUnused(io: Io, options: ExplainCommandOptions): void {
  const { granularity, ties, labels, channelAxis, competition, groups, groupScore } = options
  const unused = [
    ...(granularity === 'pixel' ? [] : ['--granularity']),
    ...(ties === 'lose' ? [] : ['--ties']),
    ...(competition === undefined ? [] : ['--competition']),
    ...(groups === undefined ? [] : ['--groups']),
    ...(groupScore === undefined ? [] : ['--group-score']),
    ...(labels === 'all' ? [] : ['--labels']),
    ...(channelAxis === undefined ? [] : ['--channel-axis'])
  ]
  if (unused.length > 0) sayNote(io, `no labels compete in this method; ${unused.join(', ')} changes nothing`)
}
