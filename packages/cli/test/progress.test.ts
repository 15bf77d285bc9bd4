import { describe, expect, it } from 'vitest'
import { createProgress, formatSeconds } from '../src/progress.js'

describe('progress', () => {
  const io = (terminal: boolean, said: string[]) => ({
    out: () => undefined,
    err: (text: string) => void said.push(text),
    terminal,
    signal: new AbortController().signal
  })

  it('is drawn on a terminal, at most ten times a second, with the time left', () => {
    const said: string[] = []
    let time = 0
    const progress = createProgress(io(true, said), 'boot, cgi', () => time)
    for (time = 0; time <= 1000; time += 50) progress.update(time / 50, 40)
    progress.end()
    expect(said).toHaveLength(12)
    expect(said[0]).toBe('\r\x1b[Kboot, cgi: 0/40 labels')
    expect(said[10]).toBe('\r\x1b[Kboot, cgi: 20/40 labels, 1.00 s left')
    expect(said.at(-1)).toBe('\r\x1b[K')
  })

  it('is silent elsewhere', () => {
    const said: string[] = []
    const progress = createProgress(io(false, said), 'boot, cgi')
    progress.update(1, 2)
    progress.end()
    expect(said).toEqual([])
  })

  it('tells the time in words', () => {
    expect([0.123, 12.4, 100, 200].map(formatSeconds)).toEqual(['0.12 s', '12 s', '1 min 40 s', '3 min 20 s'])
  })
})
