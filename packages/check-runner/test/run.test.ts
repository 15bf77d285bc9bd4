import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Method } from '@agon/core'
import { assertReport, type Report } from '@agon/report'
import { runCheck } from '@agon/sanity-checks'
import { createReferenceEngine } from '@agon/engine-reference'
import { describe, expect, it } from 'vitest'
import { runChecks, type RunEvent } from '../src/index.js'
import { stacked } from '../src/batches.js'
import { absolute, countingEngine, runIn, smallMatrix, temporaryFolder } from './small-run.js'

describe('a run of checks', () => {
  const folder = temporaryFolder()
  const events: RunEvent[] = []
  const engine = countingEngine()
  const matrix = smallMatrix()
  const steps = matrix.checks[0]!.steps.length
  const cells = 4 * 2 * 2 * (steps + 1)
  const outcome = runChecks(matrix, runIn(folder, { engine, onEvent: (event) => events.push(event) }))

  it('does every cell, map, score and turf once and says so in a report that can be read', async () => {
    const { report, state, left, failures } = await outcome
    expect({ state, left, failures }).toEqual({ state: 'done', left: 0, failures: 0 })
    expect([report.maps, report.turfs, report.scores, report.cells].map(({ length }) => length)).toEqual([
      8,
      2,
      8,
      cells
    ])
    expect(report.run.unfinished).toEqual([])
    expect(() => assertReport(JSON.parse(JSON.stringify(report)))).not.toThrow()
    expect(new Set(report.cells.map((cell) => JSON.stringify({ ...cell, figures: 0, kept: 0, target: 0 }))).size).toBe(
      cells
    )
  })

  it('finds what runCheck finds', async () => {
    const { report } = await outcome
    const input = stacked(matrix.inputs.map((each) => each.input))
    for (const { check } of matrix.checks) {
      for (const { name, method } of matrix.methods) {
        const alone = await runCheck(createReferenceEngine(), matrix.model, method, input, check, {
          figures: [absolute],
          seed: 3
        })
        const own = report.cells.filter((cell) => cell.check === check.name && cell.method === name)
        const found = alone.cells.map(({ step, draw, example, target, figures }) => ({
          step,
          draw,
          input: matrix.inputs[example]!.name,
          target,
          figures
        }))
        expect(own.map(({ step, draw, input, target, figures }) => ({ step, draw, input, target, figures }))).toEqual(
          found
        )
      }
    }
  })

  it('loads the model once, and one for each trial that has one', async () => {
    await outcome
    expect(engine.loaded()).toBe(1 + 2 * steps)
  })

  it('writes every picture that the report names, and nothing half', async () => {
    const { report } = await outcome
    const named = [...report.maps, ...report.cells, ...report.turfs].flatMap(({ picture }) => picture ?? [])
    for (const picture of named) expect(existsSync(join(folder, picture)), picture).toBe(true)
    expect(report.cells.filter(({ picture }) => picture).every(({ draw }) => draw === 0)).toBe(true)
    expect(readdirSync(join(folder, 'pictures')).every((name) => name.endsWith('.png'))).toBe(true)
  })

  it('says what there is to do, then how long it will take, then how far it is', async () => {
    await outcome
    const [plan] = events
    expect(plan).toMatchObject({ kind: 'plan', finished: 0, total: 2 + 8 + 2 + 8 + cells })
    expect(plan).toMatchObject({
      extent: { inputs: 2, methods: 2, controls: 2, maps: 8, cells, trials: 2 * (steps + 1) }
    })
    const estimates = events.filter(({ kind }) => kind === 'estimate')
    expect(estimates).toHaveLength(1)
    expect((estimates[0] as { seconds: number }).seconds).toBeGreaterThan(0)
    const progress = events.filter((event) => event.kind === 'progress')
    expect(progress.map(({ finished }) => finished)).toEqual(progress.map((_, i) => i + 1))
    expect(progress.at(-1)).toMatchObject({ finished: progress.at(-1)!.total, secondsLeft: 0 })
  })

  it('puts controls and faithfulness beside every verdict', async () => {
    const { report } = await outcome
    expect(report.verdicts.map(({ check, method }) => [check, method])).toHaveLength(8)
    const verdict = report.verdicts.find(({ check, method }) => check === 'cascading' && method === 'cgi')!
    expect(verdict.controls.map(({ method }) => method)).toEqual(['random-map', 'thinned-cgi'])
    const scores = report.scores.filter(({ method }) => method === 'cgi').map(({ value }) => value)
    expect(verdict.faithfulness!.value).toBeCloseTo((scores[0]! + scores[1]!) / 2, 12)
    expect(verdict.faithfulness!.random).toBeGreaterThan(0)
    const last = report.cells.filter(
      (cell) => cell.method === 'cgi' && cell.check === 'cascading' && cell.step === steps
    )
    const mean = last.reduce((sum, { figures }) => sum + figures['spearman(abs)']!, 0) / last.length
    expect(verdict.value).toBeCloseTo(mean, 12)
    expect(verdict.samples).toBe(4)
  })

  it('does nothing again when it is asked for again, and says the same', async () => {
    const { report } = await outcome
    const again: RunEvent[] = []
    const before = readFileSync(join(folder, 'cells.jsonl'), 'utf8')
    const second = await runChecks(smallMatrix(), runIn(folder, { onEvent: (event) => again.push(event) }))
    expect(second.report).toEqual(report)
    expect(again.filter(({ kind }) => kind === 'progress')).toEqual([])
    expect(readFileSync(join(folder, 'cells.jsonl'), 'utf8')).toBe(before)
  })
})

describe('what fails', () => {
  const refusing: Method = {
    name: 'refusing',
    attribute: async () => {
      throw new Error('no map of this model')
    }
  }
  /** NaN for the second input, wherever it stands. */
  const halting = (bad: number): Method => ({
    name: 'halting',
    attribute: async ({ input, targets }) => ({
      shape: [targets[0]!.length, ...input.shape],
      data: input.data.map((value) => (value === bad ? NaN : value))
    })
  })

  it('is recorded with its error, and the run goes on', async () => {
    const matrix = smallMatrix()
    const methods = [
      ...matrix.methods,
      { name: 'refusing', role: 'method' as const, competitive: false, method: refusing },
      {
        name: 'halting',
        role: 'method' as const,
        competitive: false,
        method: halting(matrix.inputs[1]!.input.data[0]!)
      }
    ]
    const folder = temporaryFolder()
    const { report, state, left, failures } = await runChecks({ ...matrix, methods }, runIn(folder))
    expect({ state, left, failures }).toEqual({ state: 'done', left: 0, failures: 3 })
    expect(report.run.unfinished).toEqual([
      'Failed, map of one by refusing, and all that would follow from it: no map of this model.',
      'Failed, map of two by refusing, and all that would follow from it: no map of this model.',
      expect.stringMatching(/^Failed, map of two by halting, .*: \[AGON_NOT_FINITE\] .*NaN/)
    ])
    expect(report.cells.filter(({ method }) => method === 'halting').every(({ input }) => input === 'one')).toBe(true)
    expect(report.verdicts.filter(({ method }) => method === 'refusing')).toEqual([])
    expect(report.verdicts.filter(({ method }) => method === 'halting')).toHaveLength(2)
    const good = (of: Report): unknown => of.cells.filter(({ method }) => method === 'cgi')
    expect(good(report)).toEqual(good((await runChecks(matrix, runIn(temporaryFolder()))).report))
  })

  it('in a trial leaves the other trials alone', async () => {
    const matrix = smallMatrix({ metrics: [] })
    const [{ check, steps }] = matrix.checks as [(typeof matrix.checks)[number]]
    const broken: typeof check = {
      ...check,
      trial: (model, step, draw, random) => {
        if (step === 1 && draw === 1) throw new Error('no such weights')
        return check.trial(model, step, draw, random)
      }
    }
    const { report, failures, left } = await runChecks(
      { ...matrix, checks: [{ check: broken, steps }] },
      runIn(temporaryFolder())
    )
    expect({ failures, left }).toEqual({ failures: 8, left: 0 })
    expect(report.run.unfinished[0]).toContain(
      'cascading step 2 draw 1 of gradient-times-input on one: no such weights.'
    )
    expect(report.cells).toHaveLength(8 * (2 * steps.length - 1))
  })
})

describe('notes of a map', () => {
  it('are those on its own input and those on all', async () => {
    const telling: Method = {
      name: 'telling',
      cite: 'of this test',
      attribute: async ({ session, input, targets, note }) => {
        note({ code: 'all', message: 'on all' })
        targets.forEach((_, n) => note({ code: 'one', example: n, message: `on ${n}` }))
        return session.vjp(input, { labels: targets })
      }
    }
    const method = { name: 'telling', role: 'method' as const, competitive: false, method: telling }
    const matrix = smallMatrix({ methods: [method], checks: [], metrics: [] })
    const { report } = await runChecks(matrix, runIn(temporaryFolder()))
    expect(report.maps.map(({ notes }) => notes)).toEqual([
      ['on all', 'on 0'],
      ['on all', 'on 1']
    ])
  })
})
