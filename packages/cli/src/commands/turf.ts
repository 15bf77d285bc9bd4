import { alikeNotes, contest, modelPath, type Method } from 'agon'
import type { Command } from 'commander'
import { sayNote, type Io } from '../io.js'
import { drawNotes } from '../output/draw-notes.js'
import { turfFormats, turfOutput, type TurfOutput } from '../output/turf-files.js'
import { turfText } from '../output/turf-text.js'
import { writeFiles } from '../output/write-files.js'
import { baseNames, parseBase } from '../parse/base.js'
import { collect } from '../parse/method-options.js'
import { addRunOptions, parseRunOptions, type RawRunOptions, type RunOptions } from '../parse/run-options.js'
import { openAgon } from '../plugins/open-agon.js'
import { createProgress } from '../progress.js'
import { withRun, type Run } from '../run/open-run.js'
import { planOutputs } from '../run/plan-outputs.js'
import { forEachInput, type ReadInput } from '../run/read-inputs.js'
import { version } from '../version.js'

const after = `
A pixel belongs to the label whose score there is the largest of all and positive; the margin is its lead over the
second, or over 0. For input street.jpg the files are street.turf.png and street.turf.json.

Examples:
  agon turf fashion-mnist boot.png
  agon turf resnet18.onnx street.jpg --labels top:20 --preprocess torchvision
  agon turf model.onnx street.jpg --base integrated-gradients --option steps=20
`

interface RawTurfOptions extends RawRunOptions {
  readonly base: string
  readonly option?: readonly string[]
}

/** `agon turf` */
export function addTurf(program: Command, io: Io): void {
  const command = program
    .command('turf')
    .description('show which label owns which pixel, how much each owns, and by what margin')
    .argument('<model>', 'an ONNX file, or fashion-mnist')
    .argument('<input...>', 'pictures (.png .jpg .jpeg .webp) or tensors (.npy)')
    .option('--base <method>', `the method whose maps compete: ${baseNames().join(', ')}`, 'gradient-times-input')
    .option('--option <name=value>', 'an option of that method, repeatable', collect)
  addRunOptions(command)
    .addHelpText('after', after)
    .action((model: string, inputs: string[], raw: RawTurfOptions, command: Command) =>
      turfCommand(io, command, model, inputs, raw)
    )
}

async function turfCommand(
  io: Io,
  command: Command,
  model: string,
  inputs: readonly string[],
  raw: RawTurfOptions
): Promise<void> {
  const open = await openAgon(command)
  const options = await parseRunOptions(raw, open.agon.engineNames)
  const base = parseBase(open.agon, raw.base, raw.option)
  const endings = turfFormats(options).map((format) => `.turf.${format}`)
  const named = planOutputs(inputs, modelPath(model), options.out, endings)
  const records = await withRun(io, open, model, options, true, (run) =>
    forEachInput(run, named, async (input) => {
      const output = await turfOfInput(run, input, base, options)
      await writeFiles(output.files, io.signal)
      if (!options.json) io.out(turfText(output))
      return output.record
    })
  )
  if (options.json)
    io.out(
      `${JSON.stringify({ format: 'agon-turfs/1', agon: version(), out: options.out, inputs: records }, null, 2)}\n`
    )
}

async function turfOfInput(run: Run, input: ReadInput, base: Method, options: RunOptions): Promise<TurfOutput> {
  const notes = drawNotes(input, options)
  for (const { message } of notes) sayNote(run.io, message)
  const progress = createProgress(run.io, `${input.name}, turf`)
  const start = performance.now()
  try {
    const logits = await run.session.forward(input.input, { signal: run.io.signal })
    const outcome = await contest(run.session, input.input, base, {
      ...options,
      signal: run.io.signal,
      onProgress: progress.update
    })
    const found = alikeNotes(outcome)
    for (const { message } of found) sayNote(run.io, `${input.name}, ${base.name}: ${message}`)
    const seconds = (performance.now() - start) / 1000
    const contested = { base, contest: outcome, logits, seconds, notes: found }
    return turfOutput(run, { ...input, notes: [...input.notes, ...notes] }, contested, options)
  } finally {
    progress.end()
  }
}
