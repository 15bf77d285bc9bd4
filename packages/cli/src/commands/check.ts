import { check, checkDefaults, type Condition, type Note, type RunEvent, type RunOutcome } from 'agon'
import { join } from 'node:path'
import type { Command } from 'commander'
import type { Call, ExitCode } from '../exit.js'
import { sayNote, type Io } from '../io.js'
import { checkText, estimateText, planText } from '../output/check-text.js'
import { parseCheckOptions, type RawCheckOptions } from '../parse/check-options.js'
import { collect } from '../parse/method-options.js'
import { openAgon } from '../plugins/open-agon.js'
import { createLine, formatSeconds } from '../progress.js'
import { assertConditions } from '../run/assert-conditions.js'
import { gate, type Gate } from '../run/gate.js'
import { openModel } from '../run/open-run.js'
import { version } from '../version.js'

const after = `
Every method is run beside controls: a random map, the input itself, its edges, and the base of every competition, thinned at random to the
same kept share. Each check changes something that a map ought to depend on (weights layer by layer, the label), --draws times, and tells
how much the map changed by similarities such as spearman(abs): in brackets what is done to the maps before. A verdict is a mean, a spread
and a threshold; beside it stands a metric of faithfulness, without which no similarity speaks for a method.

The folder holds report.json, report.html, their pictures, and cells.jsonl, one line per finished cell: the same command goes on where it
was stopped, by --time, Ctrl-C or a crash. Another run in the same folder is refused, unless --fresh throws away what is there.
--option name=value goes to every method, check and metric that knows it, --option cascading.initialiser=xavier to one.

Exit codes: 0 done, 2 bad input or usage, 3 a condition of --fail-on is met, 4 the time was up before it was done, 5 done, but cells failed
(or a condition could not be told for that), 1 a defect of Agon, 130 interrupted.

Examples:
  agon check fashion-mnist boot.png bag.png --draws 3
  agon check resnet18.onnx cat.jpg dog.jpg --methods cgi,gradient-times-input,smooth-grad --time 10m
  agon check model.onnx cat.jpg --checks cascading,independent,smprt --steps 6 --similarities 'spearman(abs),ssim-gaussian(abs,clip-99)'
  agon check model.onnx cat.jpg --metrics infidelity,pointing-game --masks cat-mask.npy
  agon check model.onnx cat.jpg --fail-on 'cgi: cascading spearman(abs) > 0.3' --fail-on 'cgi: deletion > 0.2'
`

/** `agon check` */
export function addCheck(program: Command, io: Io, call: Call): void {
  program
    .command('check')
    .description('run sanity checks and metrics of saliency methods, beside controls, and write a report')
    .argument('<model>', 'an ONNX file, or fashion-mnist')
    .argument('<input...>', 'pictures (.png .jpg .jpeg .webp) or tensors (.npy)')
    .option('--methods <methods>', 'separated by commas; agon methods lists them', checkDefaults.methods.join(','))
    .option('--checks <checks>', `separated by commas (default: ${checkDefaults.checks.join(',')})`)
    .option('--metrics <metrics>', 'separated by commas, or none', checkDefaults.metrics.join(','))
    .option('--similarities <figures>', 'separated by commas (default: as many as suit the inputs)')
    .option('--draws <n>', 'how many times every step of a check is drawn (default: 10)')
    .option('--steps <n>', 'how many steps of a check, spread evenly (default: one for every layer)')
    .option('--option <name=value>', 'an option of methods, checks and metrics, repeatable', collect)
    .option('--target <label>', 'the label to explain: top, an index, or a name', 'top')
    .option('--labels <labels>', 'who competes: all, top:N, sample:N, or labels by index or name: i,j,k', 'all')
    .option('--seed <n>', 'seed of everything random', '0')
    .option('--permuted-model <files...>', 'the net trained on permuted labels, for the check data-randomization')
    .option('--masks <files...>', 'where evidence is, for metrics of localisation: an .npy file for each input')
    .option(
      '--fail-on <condition>',
      "end with exit code 3 if it is met, repeatable: 'METHOD: CHECK FIGURE > NUMBER'",
      collect
    )
    .option('--time <time>', 'begin nothing more after so long: 90s, 10m, 1h30m')
    .option('--memory <bytes>', 'byte budget of a backward pass: 512MiB, 1GiB')
    .option('--engine <engine>', 'as agon engines lists them', 'auto')
    .option('--threads <n>', 'threads of the native engine (results do not depend on it)')
    .option('--preprocess <how>', "how pictures become numbers (default: as the model's sidecar says)")
    .option('--cut-softmax', 'cut a softmax or sigmoid off the end, so that logits compete')
    .option('--logits <output>', 'the output that holds the logits, where the model has several (default: the first)')
    .option('--out <folder>', 'where the report goes', checkDefaults.out)
    .option('--fresh', 'throw away what an earlier run left in the folder')
    .option('--json', 'print one JSON document on standard output, and nothing else there')
    .addHelpText('after', after)
    .action(async (model: string, inputs: string[], raw: RawCheckOptions, command: Command) =>
      call.endWith(await checkCommand(io, call, command, model, inputs, raw))
    )
}

async function checkCommand(
  io: Io,
  { argv }: Call,
  command: Command,
  name: string,
  inputs: readonly string[],
  raw: RawCheckOptions
): Promise<ExitCode> {
  const { agon, plugins } = await openAgon(command)
  const options = await parseCheckOptions(agon, raw)
  const { model, notes } = await openModel(io, name, options)
  const say = ({ message }: Note): void => sayNote(io, message)
  notes.forEach(say)
  const { failOn, json, run } = options
  const watch = watcher(io, failOn)
  const outcome = await check(model, inputs, {
    ...run,
    agon,
    signal: io.signal,
    command: ['agon', ...argv].map(quoted).join(' '),
    versions: Object.fromEntries([
      ['@agon/cli', version()],
      ...plugins.map((plugin) => [plugin.name, plugin.version ?? 'unknown'])
    ]) as Record<string, string>,
    onNote: say,
    onEvent: watch.on
  }).finally(watch.end)
  const judged = gate(outcome, failOn)
  io.out(json ? documentText(run.out, outcome, judged) : resultText(run.out, outcome, judged))
  for (const sentence of judged.said) io.err(`agon: ${sentence}\n`)
  return judged.code
}

/** Says on standard error what there is to do, how long it will take, and how far it is. */
function watcher(io: Io, failOn: readonly Condition[]) {
  const line = createLine(io)
  let [finished, total] = [0, 0]
  return {
    on(event: RunEvent): void {
      if (event.kind === 'plan') {
        assertConditions(failOn, event.facts)
        io.err(`agon: ${planText(event.extent, event.finished, event.total)}\n`)
      }
      if (event.kind === 'estimate' && finished < total) io.err(`agon: ${estimateText(event.seconds, event.memory)}\n`)
      if (event.kind === 'failure') {
        line.end()
        sayNote(io, `failed: ${event.what}: ${event.error}`)
      }
      if (event.kind === 'plan' || event.kind === 'progress') [finished, total] = [event.finished, event.total]
      if (event.kind === 'progress')
        line.draw(() => `${finished}/${total}, about ${formatSeconds(event.secondsLeft)} left: ${event.what}`)
    },
    end(): void {
      line.end()
      if (io.signal.aborted)
        io.err(`agon: ${finished} of ${total} pieces of work are done; the same command goes on there\n`)
    }
  }
}

function resultText(out: string, { report }: RunOutcome, { conditions }: Gate): string {
  const found = conditions.map(
    ({ condition, holds, sentence }) => `${holds ? 'met' : 'not met'}: ${condition.text} (${sentence})\n`
  )
  return `${checkText(report)}${found.length > 0 ? `\n${found.join('')}` : ''}\n${join(out, 'report.html')}\n`
}

function documentText(out: string, { report, state, left, failures }: RunOutcome, { conditions }: Gate): string {
  const { verdicts } = report
  const found = { format: 'agon-check/1', agon: version(), out, state, left, failures, verdicts, conditions }
  return `${JSON.stringify(found, null, 2)}\n`
}

/** A word of a command as a shell takes it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
