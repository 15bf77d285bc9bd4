import type { Session } from '@agon/core'
import { expect } from './expect.js'
import { tinyCnn } from '../tiny-models.js'
import type { Checks } from './check.js'
import { allLabels, bits, inputFor, rejection, withSession, type Subject } from './subject.js'

const tiny = tinyCnn()
const input = inputFor(tiny, 2)
const labels = allLabels(tiny.labels, 2)
/** Many passes, so that there is something left to abort. */
const many = [0, 1].map(() => Array.from({ length: 4000 }, (_, i) => i % tiny.labels))

interface Control {
  readonly signal?: AbortSignal
  readonly onProgress?: (done: number, total: number) => void
}

const passes: Readonly<Record<string, (session: Session, control: Control, labels: number[][]) => Promise<unknown>>> = {
  vjp: (session, control, of) => session.vjp(input, { labels: of }, control),
  contest: (session, control, of) => session.contest(input, of, control)
}

/** Abort, progress, dispose. */
export function controlChecks({ check }: Checks, { engine }: Subject): void {
  for (const [name, pass] of Object.entries(passes)) {
    check(`${name} reports its progress up to the total`, async () => {
      await withSession(engine, tiny.model, async (session) => {
        const reports: (readonly [number, number])[] = []
        await pass(session, { onProgress: (done, total) => reports.push([done, total]) }, labels)
        expect(reports.length).toBeGreaterThan(0)
        expect(reports.at(-1)).toEqual([2 * tiny.labels, 2 * tiny.labels])
        for (const [done, total] of reports) expect(done <= total && total === 2 * tiny.labels).toBe(true)
        for (let i = 1; i < reports.length; i++) expect(reports[i]![0]).toBeGreaterThanOrEqual(reports[i - 1]![0])
      })
    })

    check(`${name} does not start when it is aborted before`, async () => {
      await withSession(engine, tiny.model, async (session) => {
        expect(await rejection(pass(session, { signal: AbortSignal.abort() }, labels))).toBe('AbortError')
      })
    })

    check(`${name} stops when it is aborted, and the session goes on working`, async () => {
      await withSession(engine, tiny.model, async (session) => {
        const logits = await session.forward(input)
        const controller = new AbortController()
        const onProgress = () => controller.abort()
        expect(await rejection(pass(session, { signal: controller.signal, onProgress }, many))).toBe('AbortError')
        expect(bits((await session.forward(input)).data)).toEqual(bits(logits.data))
      })
    })
  }

  check('forward does not start when it is aborted before', async () => {
    await withSession(engine, tiny.model, async (session) => {
      expect(await rejection(session.forward(input, { signal: AbortSignal.abort() }))).toBe('AbortError')
    })
  })

  check('passes may run at the same time', async () => {
    await withSession(engine, tiny.model, async (session) => {
      const one = await session.vjp(input, { labels })
      const several = await Promise.all([1, 2, 3].map(() => session.vjp(input, { labels })))
      for (const gradients of several) expect(bits(gradients.data)).toEqual(bits(one.data))
    })
  })

  check('inputs are not written to', async () => {
    await withSession(engine, tiny.model, async (session) => {
      const before = bits(input.data)
      await session.contest(input, labels, { multiply: 'input', sumAxis: 1 })
      expect(bits(input.data)).toEqual(before)
    })
  })

  check('a disposed session refuses every call, and may be disposed of again', async () => {
    const session = await engine.load(tiny.model)
    session.dispose()
    session.dispose()
    expect(await rejection(session.forward(input))).toBe('AGON_DISPOSED')
    expect(await rejection(session.vjp(input, { labels }))).toBe('AGON_DISPOSED')
    expect(await rejection(session.contest(input, labels))).toBe('AGON_DISPOSED')
  })
}
