import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Report } from '@agon/report'
import { putFile } from './files.js'

/** Writes `report.json` of a run's folder, and `report.html` with the pictures that lie there. Throws AGON_BAD_FILE. */
export async function writeReport(folder: string, report: Report): Promise<void> {
  const { reportHtml } = await import('@agon/report/html') // a plot library: only whoever writes a page waits for it
  const html = reportHtml(report, { pictures: (path) => readFileSync(join(folder, path)) })
  await putFile(folder, 'report.json', `${JSON.stringify(report, null, 1)}\n`)
  await putFile(folder, 'report.html', html)
}
