import { Command } from 'commander'
import { addCheck } from './commands/check.js'
import { addDiff } from './commands/diff.js'
import { addEngines } from './commands/engines.js'
import { addExplain } from './commands/explain.js'
import { addFetch } from './commands/fetch.js'
import { addInspect } from './commands/inspect.js'
import { addMethods } from './commands/methods.js'
import { addNew } from './commands/new.js'
import { addRandomizeData } from './commands/randomize-data.js'
import { addSmooth } from './commands/smooth.js'
import { addTrain } from './commands/train.js'
import { addTurf } from './commands/turf.js'
import type { Call } from './exit.js'
import type { Io } from './io.js'
import { addPluginOptions } from './plugins/open-agon.js'
import { version } from './version.js'

const about = `Saliency maps in which every label of a classifier competes for every pixel.

A model is the path of an ONNX file, or an embedded one: fashion-mnist.`

const after = `
Examples:
  agon explain fashion-mnist boot.png --method cgi,gradient-times-input
  agon turf resnet18.onnx street.jpg --labels top:20 --cut-softmax
  agon inspect resnet18.onnx
  agon check fashion-mnist boot.png --draws 3

Exit codes: 0 ok, 2 bad input or usage, 1 a defect of Agon, 130 interrupted; 3, 4 and 5 of 'agon check' are in its help.
'agon <command> --help' has every command's options and examples.
`

/** The command line. Nothing in it writes to the process or ends it. */
export function createProgram(io: Io, call: Call): Command {
  const program = new Command('agon')
    .description(about)
    .version(version(), '-v, --version', 'print the version')
    .option('--debug', 'print the stack of an error')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .addHelpText('after', after)
  addPluginOptions(program)
  addExplain(program, io)
  addTurf(program, io)
  addInspect(program, io)
  addCheck(program, io, call)
  addDiff(program, io)
  addSmooth(program, io)
  addFetch(program, io)
  addTrain(program, io)
  addRandomizeData(program, io)
  addMethods(program, io)
  addEngines(program, io)
  addNew(program, io)
  for (const command of [program, ...program.commands]) quiet(command, io)
  return program
}

/** Lets a command throw where it would print an error or end the process. */
function quiet(command: Command, io: Io): void {
  command
    .configureHelp({ showGlobalOptions: true })
    .helpOption('-h, --help', 'print this help')
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: () => undefined, outputError: () => undefined })
}
