import { dataSources, netNames, scheduleNames, trainNet } from 'agon'
import type { Command } from 'commander'
import type { Io } from '../io.js'
import { netDocument, netOutput, netsText } from '../output/trained.js'
import { writeFiles } from '../output/write-files.js'
import { addTrainingOptions, parseTrainOptions, type RawTrainOptions } from '../parse/train-options.js'
import { openTraining } from '../run/training.js'
import { version } from '../version.js'

const after = `
The nets are those of Adebayo et al. 2018: cnn (two convolutions of 5 x 5, 32 and 64 channels, each halved; 1024; 10) and mlp (2500, 1500, 500, 10).
Permuted labels are the training labels in a random order: a net can only learn them by heart. Test accuracy is that on true labels.

The same seed gives the same bytes, whatever the threads; a run that was interrupted goes on where it was. Nets are kept in the cache under
the fingerprint of data, net, labels, seed and settings, and are not fitted twice. --until ends the fit after an epoch of that training accuracy.

Examples:
  agon fetch mnist
  agon train mnist --net cnn --out cnn.onnx
  agon train mnist --net cnn --labels permuted --examples 10000 --out permuted.onnx
`

/** `agon train` */
export function addTrain(program: Command, io: Io): void {
  const command = program
    .command('train')
    .description('fit a net to a data set, with true or permuted labels')
    .argument('<data>', `${dataSources.map(({ name }) => name).join(' or ')}, fetched by agon fetch`)
    .option('--net <net>', netNames.join(' or '), 'cnn')
    .option('--labels <kind>', 'true or permuted', 'true')
    .option('--epochs <n>', 'at most (default: by net and labels, as the following)')
    .option('--batch <n>', 'examples of an update')
    .option('--rate <r>', 'highest rate of Adam')
    .option('--schedule <name>', `of the rate: ${scheduleNames.join(', ')}`)
    .option('--decay <d>', 'of the weights')
    .option('--until <share>', 'training accuracy that is enough: 0 to 1')
    .option('--out <file>', 'the ONNX file to write, with its sidecar (default: in the cache only)')
  addTrainingOptions(command)
    .addHelpText('after', after)
    .action((name: string, raw: RawTrainOptions) => trainCommand(io, name, raw))
}

async function trainCommand(io: Io, name: string, raw: RawTrainOptions): Promise<void> {
  const options = parseTrainOptions(raw)
  const { net, labels, seed, examples, settings, out } = options
  const { engine, data, store, tell, line } = await openTraining(io, name, options)
  const given = { net, labels, seed, settings, store, signal: io.signal, ...(examples !== undefined && { examples }) }
  const trained = await trainNet(engine, data, {
    ...given,
    onProgress: (progress) => tell(net, labels, progress)
  }).finally(line.end)
  if (out !== undefined) await writeFiles(netOutput(out, trained), io.signal)
  const document = netDocument(trained, out ?? store.pathOf(trained.record.fingerprint))
  if (options.json) io.out(`${JSON.stringify({ format: 'agon-train/1', agon: version(), ...document }, null, 2)}\n`)
  else io.out(netsText([document]))
}
