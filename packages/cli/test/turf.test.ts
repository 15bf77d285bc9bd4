import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { cgi, competitiveIntegratedGradients, createReferenceEngine, explain, loadModel, territories, turf } from 'agon'
import { describe, expect, it } from 'vitest'
import type { TurfRecord } from '../src/output/turf-files.js'
import { agon, picture, reference, temporaryFolder } from './run-cli.js'

const pullover = picture('pullover-1')

describe('agon turf', () => {
  it('says who owns how much', async () => {
    const folder = temporaryFolder()
    const { code, out, err } = await agon(['turf', 'fashion-mnist', pullover, '--out', folder, ...reference])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(readdirSync(folder).sort()).toEqual(['pullover-1.turf.json', 'pullover-1.turf.png'])
    const record = JSON.parse(readFileSync(join(folder, 'pullover-1.turf.json'), 'utf8')) as TurfRecord
    const [example] = record.examples
    const { contest } = await explain(await loadModel('fashion-mnist'), pullover, cgi(), {
      engine: createReferenceEngine()
    })
    const expected = territories(turf(contest!))
    expect(example!.territories.map(({ index, share, meanMargin }) => ({ label: index, share, meanMargin }))).toEqual(
      expected
    )
    expect(example!.unowned + expected.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12)
    expect(out).toMatch(/label +owns +mean margin +logit/)
    expect(out).toContain('pullover-1.turf.{png,json}')
  })

  it('prints one JSON document under --json, and competes over another base', async () => {
    const argv = [
      'turf',
      'fashion-mnist',
      pullover,
      '--base',
      'gradient',
      '--labels',
      'top:2',
      '--format',
      'json',
      '--json'
    ]
    const { code, out, err } = await agon([...argv, '--out', temporaryFolder(), ...reference])
    expect(code).toBe(0)
    const document = JSON.parse(out) as { inputs: TurfRecord[] }
    expect(document.inputs[0]).toMatchObject({ base: 'gradient', competed: { complete: false, count: 2 } })
    expect(document.inputs[0]!.examples[0]!.territories.length).toBeLessThanOrEqual(2)
    expect(document.inputs[0]!.notes.map(({ code: each }) => each)).toEqual(['two-labels'])
    expect(err).toContain('Only two labels compete')
  })

  it('gives the base its options, and records them', async () => {
    const folder = temporaryFolder()
    const argv = ['turf', 'fashion-mnist', pullover, '--base', 'integrated-gradients', '--option', 'steps=2']
    const { code } = await agon([...argv, '--format', 'json', '--out', folder, ...reference])
    expect(code).toBe(0)
    const record = JSON.parse(readFileSync(join(folder, 'pullover-1.turf.json'), 'utf8')) as TurfRecord
    expect(record).toMatchObject({ base: 'integrated-gradients', baseOptions: { steps: 2, multiplier: 'global' } })
    const { contest } = await explain(
      await loadModel('fashion-mnist'),
      pullover,
      competitiveIntegratedGradients({ steps: 2 }),
      { engine: createReferenceEngine() }
    )
    expect(record.examples[0]!.territories.map(({ share }) => share)).toEqual(
      territories(turf(contest!)).map(({ share }) => share)
    )
  })

  it('names a subset of the labels, in words too', async () => {
    const argv = ['turf', 'fashion-mnist', pullover, '--labels', 'top:4', '--out', temporaryFolder(), ...reference]
    const { out } = await agon(argv)
    expect(out).toContain('  4 of 10 labels competed, a subset, an extension of Agon\n')
  })
})
