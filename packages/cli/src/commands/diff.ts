import { readFile } from 'node:fs/promises'
import { AgonError, diffReports, diffText, parseReport, type Report } from 'agon'
import type { Command } from 'commander'
import type { Io } from '../io.js'

const after = `
What moved by more than its uncertainty (by pairs of inputs where both have the same three or more, else by means), verdicts that changed, what only one of them has, and by what the two runs differ.

Examples:
  agon diff before/report.json after/report.json
`

/** `agon diff` */
export function addDiff(program: Command, io: Io): void {
  program
    .command('diff')
    .description('tell what differs between two reports of agon check')
    .argument('<before>', 'a report.json')
    .argument('<after>', 'another')
    .option('--json', 'print one JSON document')
    .addHelpText('after', after)
    .action(async (before: string, after: string, { json }: { json?: boolean }) => {
      const found = diffReports(await readReport(before), await readReport(after))
      io.out(json ? `${JSON.stringify(found, null, 2)}\n` : diffText(found))
    })
}

async function readReport(path: string): Promise<Report> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    const found = cause.code ?? cause.message
    throw new AgonError('AGON_BAD_FILE', { what: path, expected: 'a report.json that can be read', found, cause })
  })
  return parseReport(text, path)
}
