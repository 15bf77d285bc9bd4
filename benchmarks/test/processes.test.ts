import { describe, expect, it } from 'vitest'
import { sampleOf } from '../src/own.js'
import { complaint, lastJson, output } from '../src/processes.js'

const node = (code: string) => output(process.execPath, ['-e', code])

describe('programs that are timed', () => {
  it('answer with what they print', async () => {
    expect(await node('console.log("a"); console.error("b")')).toBe('a\n')
  })

  it('fail with their last line of complaint, or their exit code', async () => {
    await expect(node('console.error("first"); console.error("no such model"); process.exit(1)')).rejects.toThrow(
      /^no such model$/
    )
    await expect(node('process.exit(3)')).rejects.toThrow('ended with exit code 3')
    await expect(node('process.kill(process.pid, "SIGKILL")')).rejects.toThrow('ended with SIGKILL')
    await expect(output('/no/such/program', [])).rejects.toThrow('could not be started')
  })

  it('print their result as the last line', () => {
    expect(lastJson('loading\n{"core_s":1}\n\n')).toEqual({ core_s: 1 })
    expect(() => lastJson('done\n')).toThrow("not JSON: 'done'")
    expect(sampleOf({ core_s: 1, wall_s: 2, peak_mb: 3, kept_share: 0.5 })).toEqual({
      core_s: 1,
      wall_s: 2,
      peak_mb: 3
    })
    expect(() => sampleOf({ core_s: '1', wall_s: 2 })).toThrow('no core_s and wall_s')
  })

  it('complain in one line that fits a table', () => {
    expect(complaint('Traceback\n  x\nModuleNotFoundError: no torch\n\n')).toBe('ModuleNotFoundError: no torch')
    expect(complaint('a.b.ConversionError: \u001b[96mcould not\u001b[0m export\nNext steps:\n(see above)')).toBe(
      'a.b.ConversionError: could not export'
    )
    expect(complaint(' \n')).toBeUndefined()
    expect(complaint('x'.repeat(1000))).toHaveLength(300)
  })
})
