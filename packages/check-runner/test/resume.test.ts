import { cpSync, existsSync, readFileSync, readdirSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createRandom } from '@agon/core'
import type { Report } from '@agon/report'
import { describe, expect, it } from 'vitest'
import { assemble, journalPath, readJournal, runChecks, type Matrix } from '../src/index.js'
import { trialPlaces } from '../src/trials.js'
import { runIn, smallMatrix, temporaryFolder } from './small-run.js'

/** One method and its controls, one check of two steps and two draws. */
function matrix(): Matrix {
  const { checks, model, modelHash, inputs, methods, figures, metrics, target, labels, seed } = smallMatrix()
  const [{ check }] = checks as [(typeof checks)[number]]
  const some = [{ check, steps: check.steps(model).slice(0, 2) }]
  return { checks: some, model, modelHash, inputs, methods, figures, metrics, target, labels, seed }
}

/** A report but for when it was made. */
function timeless({ run, ...rest }: Report): unknown {
  return { ...rest, run: { ...run, date: '', seconds: 0 } }
}

const whole = temporaryFolder()
const ran = runChecks(matrix(), runIn(whole))

describe('the order of trials', () => {
  it('is all steps of all checks at a draw, then the next draw: what is stopped early has whole curves', () => {
    const places = [...trialPlaces(smallMatrix().checks)].map(({ check, step, draw }) => [draw, check.check.name, step])
    const ofDraw = (draw: number) => [...[1, 2, 3].map((step) => [draw, 'cascading', step]), [draw, 'random-logit', 1]]
    expect(places).toEqual([...ofDraw(0), ...ofDraw(1)])
  })
})

describe('a run that was stopped', () => {
  it('goes on from any byte of its journal, and says what an uninterrupted one says', async () => {
    const { report } = await ran
    const bytes = readFileSync(journalPath(whole)).length
    const random = createRandom(11)
    for (let kill = 0; kill < 10; kill++) {
      const folder = temporaryFolder()
      cpSync(whole, folder, { recursive: true })
      truncateSync(journalPath(folder), random.integer(bytes))
      writeFileSync(join(folder, 'pictures', 'half.png.part'), 'half')
      const resumed = await runChecks(matrix(), runIn(folder))
      expect(JSON.stringify(timeless(resumed.report))).toBe(JSON.stringify(timeless(report)))
      expect(readdirSync(join(folder, 'pictures')).filter((name) => name.endsWith('.part'))).toEqual([])
      const { lines } = await readJournal(folder)
      expect(lines).toHaveLength((await readJournal(whole)).lines.length)
    }
  })

  it('by its budget of time ends between two pieces of work, one at least in a sitting', async () => {
    const folder = temporaryFolder()
    const { report } = await ran
    let sittings = 0
    let outcome = await runChecks(matrix(), runIn(folder, { time: 1e-9 }))
    expect(outcome.report.run.unfinished.join(' ')).toMatch(
      /Maps of the unchanged model: \d+ of 8 are left\..*Trials by cascading: 32 of 32/
    )
    while (outcome.state === 'time') {
      const left: number = outcome.left
      outcome = await runChecks(matrix(), runIn(folder, { time: 1e-9 }))
      expect(outcome.left).toBeLessThan(left)
      const draws = new Set(outcome.report.cells.map(({ draw, step }) => `${draw} ${step}`))
      if (draws.has('1 1')) expect(draws.has('0 2')).toBe(true)
      sittings++
    }
    expect(sittings).toBeGreaterThan(10)
    expect(timeless(outcome.report)).toEqual(timeless(report))
  })

  it('by an abort keeps what was finished', async () => {
    const folder = temporaryFolder()
    const stop = new AbortController()
    const stopped = runChecks(
      matrix(),
      runIn(folder, {
        signal: stop.signal,
        onEvent: (event) => {
          if (event.kind === 'progress' && event.finished === 30) stop.abort()
        }
      })
    )
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' })
    const { lines } = await readJournal(folder)
    expect(lines.length).toBeGreaterThanOrEqual(30)
    expect(lines.length).toBeLessThan(40)
    expect(timeless((await runChecks(matrix(), runIn(folder))).report)).toEqual(timeless((await ran).report))
  })

  it('tells from its journal alone what was found', async () => {
    const { report } = await ran
    expect(assemble(await readJournal(whole))).toEqual(report)
  })

  it('is refused where its maps are gone, and starts over when it is told to', async () => {
    const folder = temporaryFolder()
    cpSync(whole, folder, { recursive: true })
    truncateSync(journalPath(folder), readFileSync(journalPath(folder)).length - 200)
    for (const name of readdirSync(join(folder, 'maps'))) writeFileSync(join(folder, 'maps', name), '')
    await expect(runChecks(matrix(), runIn(folder))).rejects.toMatchObject({ code: 'AGON_BAD_FILE' })
    const { report } = await runChecks(matrix(), runIn(folder, { fresh: true }))
    expect(timeless(report)).toEqual(timeless((await ran).report))
    expect(existsSync(journalPath(folder))).toBe(true)
  })
})
