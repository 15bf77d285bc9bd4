import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readNpy } from 'agon'
import { describe, expect, it } from 'vitest'
import type { ExplanationRecord } from '../src/output/record.js'
import type { TurfRecord } from '../src/output/turf-files.js'
import { agon, picture, reference, temporaryFolder } from './run-cli.js'

const boot = picture('ankle-boot')
const name = 'ankle-boot-0'

async function run(command: string, ...rest: string[]) {
  const folder = temporaryFolder()
  const outcome = await agon([command, 'fashion-mnist', boot, ...rest, '--out', folder, ...reference])
  const record = <T>(ending: string) => JSON.parse(readFileSync(join(folder, `${name}.${ending}`), 'utf8')) as T
  return { ...outcome, folder, record }
}

describe('--precision bf16', () => {
  it('tells the precision and the IoU that was measured, and gives another map', async () => {
    const low = await run('explain', '--precision', 'bf16', '--format', 'npy,json')
    expect({ code: low.code, err: low.err }).toEqual({ code: 0, err: '' })
    const { precision } = low.record<ExplanationRecord>('cgi.json')
    const [iou] = precision.iou!
    expect(precision).toMatchObject({ name: 'bf16', labels: [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]] })
    expect(iou! > 0.9 && iou! <= 1, `IoU ${iou}`).toBe(true)
    const said = /^ {2}cgi in bf16: IoU of decisions with fp32 (\S+), measured among 10 labels$/m.exec(low.out)
    expect(Math.abs(Number(said![1]) - iou!)).toBeLessThan(1e-4)
    expect(Number(said![1])).toBeLessThanOrEqual(iou!)
    const full = await run('explain', '--format', 'npy,json')
    const map = ({ folder }: { folder: string }) => readNpy(readFileSync(join(folder, `${name}.cgi.npy`))).data
    expect(map(low)).not.toEqual(map(full))
    expect(full.record<ExplanationRecord>('cgi.json').precision).toEqual({ name: 'fp32', iou: null, labels: null })
    expect(full.out).not.toContain('IoU')
  })

  it('is in the document of --json', async () => {
    const { out } = await run('explain', '--precision', 'bf16', '--format', 'json', '--json')
    const document = JSON.parse(out) as { inputs: { results: ExplanationRecord[] }[] }
    expect(document.inputs[0]!.results[0]!.precision.name).toBe('bf16')
  })

  it('goes with turf', async () => {
    const { code, out, record } = await run('turf', '--precision', 'bf16', '--format', 'json')
    expect(code).toBe(0)
    expect(record<TurfRecord>('turf.json').precision).toMatchObject({ name: 'bf16', iou: [expect.any(Number)] })
    expect(out).toMatch(/^ {2}contest in bf16: IoU of decisions with fp32 /m)
  })

  it.each([
    ['a precision that there is not', ['--precision', 'bf61'], /--precision: .*fp32, bf16/],
    [
      'a method in which no labels compete',
      ['--precision', 'bf16', '--method', 'cgi,gradient'],
      /--precision: expected fp32, for methods in which no labels compete \(gradient\), found 'bf16'/
    ]
  ])('refuses %s in one line, with exit code 2', async (_, options, message) => {
    const { code, out, err } = await run('explain', ...options)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toMatch(/^agon: \[AGON_BAD_OPTION\] [^\n]*\n$/)
    expect(err).toMatch(message)
  })
})
