import { describe, expect, it } from 'vitest'
import { runChild } from './child.js'

describe('agon-native-build on a machine without the tools', () => {
  it('says what is missing, and fails', async () => {
    const { code, stdout, stderr } = await runChild('../lib/build', [], { PATH: '' })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/^agon-native-build: the addon was not built: cmake was not found\..*\n$/)
  })

  it('does not fail if the addon is optional', async () => {
    expect((await runChild('../lib/build', ['--if-possible'], { PATH: '' })).code).toBe(0)
    expect((await runChild('../lib/build', [], { PATH: '', AGON_NATIVE_OPTIONAL: '1' })).code).toBe(0)
  })

  it('refuses unknown arguments', async () => {
    const { code, stderr } = await runChild('../lib/build', ['--fast'])
    expect(code).toBe(1)
    expect(stderr).toContain("'--fast'")
  })
})
