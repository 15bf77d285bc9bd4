import { appendFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { factsOf } from '../src/facts.js'
import { journalPath, openJournal, readJournal } from '../src/journal.js'
import type { Line } from '../src/lines.js'
import { piecesOf, planOf } from '../src/plan.js'
import { keyOf, pieceOf } from '../src/lines.js'
import { recorded } from '../src/recorded.js'
import { smallMatrix, temporaryFolder } from './small-run.js'

const circumstances = { date: '2026-01-01T00:00:00.000Z', versions: { agon: '0' }, engine: 'reference' }
const facts = factsOf(smallMatrix(), circumstances)
const line = (draw: number): Line => ({
  kind: 'cell',
  check: 'cascading',
  method: 'cgi',
  input: 'one',
  step: 1,
  draw,
  figures: { spearman: 0.1 + 0.2 },
  kept: 0.5,
  target: 3,
  seconds: 0.25
})

describe('the plan', () => {
  it('names every piece once, and the same ones for the same facts', () => {
    const keys = piecesOf(planOf(facts)).map(keyOf)
    expect(new Set(keys).size).toBe(keys.length)
    expect(piecesOf(planOf(JSON.parse(JSON.stringify(facts)) as typeof facts)).map(keyOf)).toEqual(keys)
    const steps = facts.checks[0]!.steps.length
    expect(planOf(facts).trials).toBe(2 * (steps + 1))
  })

  it('knows the piece of a line', () => {
    expect(keyOf(pieceOf(line(1)))).toBe(keyOf({ kind: 'failure', of: line(1), error: '', seconds: 0 }.of as never))
    expect(keyOf(pieceOf(line(1)))).not.toBe(keyOf(pieceOf(line(0))))
  })
})

describe('the journal', () => {
  it('holds lines as they were written, bit for bit', async () => {
    const folder = temporaryFolder()
    const journal = await openJournal(folder, facts)
    await journal.append(line(0))
    await journal.append(line(1))
    await journal.close()
    const { lines, facts: found } = await readJournal(folder)
    expect(lines).toEqual([line(0), line(1)])
    expect(found).toEqual(JSON.parse(JSON.stringify(facts)))
  })

  it('drops a torn last line, wherever it was torn, and goes on behind the whole ones', async () => {
    const folder = temporaryFolder()
    const journal = await openJournal(folder, facts)
    await journal.append(line(0))
    await journal.close()
    const whole = readFileSync(journalPath(folder))
    const more = `${JSON.stringify(line(1))}\n`
    for (const cut of [1, 20, more.length - 1]) {
      writeFileSync(journalPath(folder), whole)
      appendFileSync(journalPath(folder), more.slice(0, cut))
      const again = await openJournal(folder, facts)
      expect(again.has(line(0) as never)).toBe(true)
      expect(again.has(line(1) as never)).toBe(false)
      await again.append(line(1))
      await again.close()
      expect((await readJournal(folder)).lines).toEqual([line(0), line(1)])
    }
  })

  it('drops a last line whose bytes never came to the disk, and starts over where not even the head did', async () => {
    const folder = temporaryFolder()
    const journal = await openJournal(folder, facts)
    await journal.append(line(0))
    await journal.close()
    appendFileSync(journalPath(folder), `${'\0'.repeat(50)}\n`)
    expect((await readJournal(folder)).lines).toEqual([line(0)])
    truncateSync(journalPath(folder), 30)
    const fresh = await openJournal(folder, facts)
    expect(fresh.lines).toEqual([])
    await fresh.close()
  })

  it('refuses a line that is damaged before the last one', async () => {
    const folder = temporaryFolder()
    const journal = await openJournal(folder, facts)
    await journal.append(line(0))
    await journal.close()
    const text = readFileSync(journalPath(folder), 'utf8').replace('"kind":"cell"', '"kind:"cell"')
    writeFileSync(journalPath(folder), `${text}${JSON.stringify(line(1))}\n`)
    await expect(openJournal(folder, facts)).rejects.toMatchObject({
      code: 'AGON_BAD_FILE',
      what: expect.stringMatching(/line 2$/) as unknown
    })
    writeFileSync(journalPath(folder), '{"kind":"else"}\n')
    await expect(openJournal(folder, facts)).rejects.toMatchObject({ code: 'AGON_BAD_FILE' })
  })

  it('refuses another run and says what differs; --fresh starts over', async () => {
    const folder = temporaryFolder()
    const journal = await openJournal(folder, facts)
    await journal.append(line(0))
    await journal.close()
    const others = {
      seed: factsOf(smallMatrix({ seed: 4 }), circumstances),
      model: factsOf(smallMatrix({ modelHash: 'another' }), circumstances),
      methods: factsOf(smallMatrix({ methods: smallMatrix().methods.slice(0, 2) }), circumstances),
      options: factsOf(smallMatrix({ target: 1 }), circumstances),
      versions: factsOf(smallMatrix(), { ...circumstances, versions: { agon: '1' } }),
      engine: factsOf(smallMatrix(), { ...circumstances, engine: 'cpu' })
    }
    for (const [differs, other] of Object.entries(others)) {
      await expect(openJournal(folder, other)).rejects.toMatchObject({
        code: 'AGON_BAD_OPTION',
        expected: expect.stringMatching(new RegExp(`started there \\(${differs} [^;]*\\)$`)) as unknown,
        remedy: expect.stringMatching(/--fresh/) as unknown
      })
    }
    const later = factsOf(smallMatrix(), { ...circumstances, date: '2027-01-01T00:00:00.000Z', command: 'agon check' })
    const same = await openJournal(folder, later)
    expect(same.facts.run.date).toBe(circumstances.date)
    await same.close()
    const fresh = await openJournal(folder, others.seed, true)
    expect(fresh.lines).toEqual([])
    await fresh.close()
  })

  it('says which place cannot be written', async () => {
    const folder = join(temporaryFolder(), 'file')
    writeFileSync(folder, '')
    await expect(openJournal(folder, facts)).rejects.toMatchObject({
      code: 'AGON_BAD_FILE',
      remedy: expect.stringMatching(/--out/) as unknown
    })
  })
})

describe('recorded options', () => {
  it('hold what JSON cannot', () => {
    const tensor = { shape: [2], data: Float32Array.of(1, 2) }
    const other = { shape: [2], data: Float32Array.of(1, 3) }
    expect(
      recorded({ a: Infinity, b: undefined, c: [1, NaN], d: { name: 'm', options: { k: 1 } }, e: { name: 'n' } })
    ).toEqual({
      a: 'Infinity',
      b: null,
      c: [1, 'NaN'],
      d: { name: 'm', options: { k: 1 } },
      e: 'n'
    })
    expect(recorded({ tensor })).toEqual(recorded({ tensor: { ...tensor } }))
    expect(recorded({ tensor })).not.toEqual(recorded({ tensor: other }))
  })
})
