import type { Command } from 'commander'
import type { Io } from '../io.js'
import { inspectText } from '../output/inspect-text.js'
import { inspectModel } from '../run/inspection.js'

const after = `
A model with operators that cannot be run is listed, too; the exit code is then 2.

Examples:
  agon inspect fashion-mnist
  agon inspect resnet18.onnx --json
`

/** `agon inspect` */
export function addInspect(program: Command, io: Io): void {
  program
    .command('inspect')
    .description('list inputs, outputs, labels and operators, what can be differentiated, and what explain would do')
    .argument('<model>', 'an ONNX file, or fashion-mnist')
    .option('--json', 'print one JSON document')
    .addHelpText('after', after)
    .action(async (model: string, { json }: { json?: boolean }) => {
      const { inspection, error } = await inspectModel(model)
      io.out(json ? `${JSON.stringify(inspection, null, 2)}\n` : inspectText(inspection))
      if (error !== undefined) throw error
    })
}
