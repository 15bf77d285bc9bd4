import { alikeNotes, competitive, contest, explain, tensor } from '@agon/core'
import { describe, expect, it } from 'vitest'
import { linearSession, randomCase, timesInput } from './linear-session.js'

describe('notes on maps that are alike', () => {
  it("says when the labels' maps are proportional, and when only two compete", async () => {
    const row = [1, -2, 3, 4]
    const input = tensor([1, 1, 2, 2], [1, 1, 1, 1])
    const alike = linearSession([row, row.map((w) => 2 * w), row.map((w) => 3 * w)], [1, 2, 2])
    const notes = (await explain(alike.session, input, competitive(timesInput()))).notes
    expect(notes.map((note) => note.code)).toEqual(['labels-alike'])
    const two = linearSession([row, row.map((w) => -w)], [1, 2, 2])
    const result = await explain(two.session, input, competitive(timesInput()))
    expect(result.notes.map((note) => note.code)).toEqual(['two-labels'])
    expect([...result.attribution.data]).toEqual(result.target[0] === 0 ? row : row.map((w) => -w))
    const lost = linearSession([row, row.map(() => 0)], [1, 2, 2])
    const half = await explain(lost.session, input, competitive(timesInput()))
    expect(half.notes.map((note) => note.code)).toEqual(['two-labels'])
    expect(alikeNotes(await contest(alike.session, input, timesInput())).map(({ code }) => code)).toEqual([
      'labels-alike'
    ])
    const distinct = randomCase(6, 5, [1, 3, 3])
    expect((await explain(distinct.session, distinct.input, competitive(timesInput()))).notes).toEqual([])
  })

  it('calls maps nearly proportional from a smallest |cosine| above 0.9 on, whatever its sign', async () => {
    const input = tensor([1, 1, 2, 2], [1, 1, 1, 1])
    for (const [cosine, sign] of [
      [0.91, 1],
      [0.91, -1],
      [0.89, 1]
    ] as const) {
      // prettier-ignore
      const tilted = [sign * cosine, Math.sqrt(1 - cosine ** 2), 0, 0]
      const { session } = linearSession([[1, 0, 0, 0], tilted, [2, 0, 0, 0]], [1, 2, 2])
      const { notes } = await explain(session, input, competitive(timesInput()))
      expect(notes.map(({ code }) => code)).toEqual(cosine > 0.9 ? ['labels-alike'] : [])
      if (cosine > 0.9) expect(notes[0]!.message).toContain('0.9100')
    }
  })
})
