import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { guardStreams } from '../src/guard-streams.js'

function broken(code: string): { readonly ended: number[]; readonly said: string } {
  const [stdout, stderr, ended] = [new PassThrough(), new PassThrough(), [] as number[]]
  guardStreams({ stdout, stderr, exit: (status: number) => void ended.push(status) } as unknown as NodeJS.Process)
  stdout.emit('error', Object.assign(new Error('write'), { code }))
  return { ended, said: String(stderr.read() ?? '') }
}

describe('streams that fail', () => {
  it('a closed pipe ends the process without a word', () => {
    expect(broken('EPIPE')).toEqual({ ended: [0], said: '' })
  })

  it('a full disk is said in one line', () => {
    const { ended, said } = broken('ENOSPC')
    expect(ended).toEqual([2])
    expect(said).toMatch(/^agon: \[AGON_BAD_FILE\] standard output: .*found ENOSPC\n$/)
  })

  it('a closed standard error changes nothing', () => {
    const stderr = new PassThrough()
    guardStreams({ stdout: new PassThrough(), stderr, exit: () => undefined } as unknown as NodeJS.Process)
    expect(stderr.emit('error', new Error('EPIPE'))).toBe(true)
  })
})
