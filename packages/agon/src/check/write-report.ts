import { putFile } from '@agon/check-runner'
import type { Report } from '@agon/report'

/** Writes `report.json` of a run's folder. */
export async function writeReport(folder: string, report: Report): Promise<void> {
  await putFile(folder, 'report.json', `${JSON.stringify(report, null, 1)}\n`)
}
