import { join } from 'node:path'
import { dataSources, netNames, randomizeData, type TrainedNet } from 'agon'
import type { Command } from 'commander'
import type { Io } from '../io.js'
import { netDocument, netOutput, netsText, type NetDocument } from '../output/trained.js'
import { writeFiles } from '../output/write-files.js'
import { parseWhole } from '../parse/numbers.js'
import { addTrainingOptions, parseNets, parseTrainingOptions, type RawTrainingOptions } from '../parse/train-options.js'
import { openTraining } from '../run/training.js'
import { version } from '../version.js'

const after = `
The data randomization test of Adebayo et al. 2018: each net is fitted twice from the same initial weights, once to the true labels and once to
permuted ones, until it knows more than 95 % of them by heart. Its test accuracy must then be that of guessing, and that of the net of true labels
what the paper reports (MNIST: 99 % by cnn, 98 % by mlp); anything else is an error. Maps that explain what a net has learnt differ between the two.

Interrupted, it goes on where it was; finished nets are kept in the cache. With --examples n, all nets are fitted to the first n examples only.

Examples:
  agon fetch mnist
  agon randomize-data mnist
  agon randomize-data mnist --nets mlp --out nets
`

interface RawRandomizeOptions extends RawTrainingOptions {
  readonly nets: string
  readonly epochs?: string
}

/** `agon randomize-data` */
export function addRandomizeData(program: Command, io: Io): void {
  const command = program
    .command('randomize-data')
    .description('fit nets to true and to permuted labels, for the data randomization test')
    .argument('<data>', `${dataSources.map(({ name }) => name).join(' or ')}, fetched by agon fetch`)
    .option('--nets <nets>', 'which, separated by commas', netNames.join(','))
    .option('--epochs <n>', 'on permuted labels, at most (default: by net)')
    .option('--out <folder>', 'where to write <net>.<labels>.onnx, each with its sidecar (default: in the cache only)')
  addTrainingOptions(command)
    .addHelpText('after', after)
    .action((name: string, raw: RawRandomizeOptions) => randomizeCommand(io, name, raw))
}

async function randomizeCommand(io: Io, name: string, raw: RawRandomizeOptions): Promise<void> {
  const options = parseTrainingOptions(raw)
  const nets = parseNets(raw.nets)
  const epochs = raw.epochs === undefined ? undefined : parseWhole('--epochs', raw.epochs, 1, 1e6)
  const { engine, data, store, tell, line } = await openTraining(io, name, options)
  const documents: NetDocument[] = []
  for (const net of nets) {
    const { examples, seed } = options
    const trained = await randomizeData(engine, data, {
      ...{ net, seed, store, signal: io.signal, ...(examples !== undefined && { examples }) },
      ...(epochs !== undefined && { settings: { permuted: { epochs } } }),
      onProgress: (labels, progress) => tell(net, labels, progress)
    }).finally(line.end)
    for (const each of [trained.true, trained.permuted]) documents.push(await written(io, each, raw.out, store.pathOf))
  }
  if (options.json)
    io.out(`${JSON.stringify({ format: 'agon-randomize-data/1', agon: version(), nets: documents }, null, 2)}\n`)
  else io.out(netsText(documents))
}

async function written(
  io: Io,
  net: TrainedNet,
  folder: string | undefined,
  pathOf: (fingerprint: string) => string
): Promise<NetDocument> {
  const { net: name, labels, fingerprint } = net.record
  if (folder === undefined) return netDocument(net, pathOf(fingerprint))
  const path = join(folder, `${name}.${labels}.onnx`)
  await writeFiles(netOutput(path, net), io.signal)
  return netDocument(net, path)
}
