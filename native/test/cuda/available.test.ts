import { AgonError } from '@agon/core'
import { copyFileSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { createCudaEngine, cudaStatus } from '../../lib/index.js'
import { cpuEngine } from '../helpers.js'
import { hostEngine, hostLibrary, missing, otherVersion } from './host.js'

const { addon } = cpuEngine()

function refusal(library: string): AgonError {
  try {
    createCudaEngine({ library })
  } catch (error) {
    if (error instanceof AgonError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('why there is no GPU', () => {
  const before = process.env.AGON_CUDA
  afterEach(() => {
    if (before === undefined) delete process.env.AGON_CUDA
    else process.env.AGON_CUDA = before
  })

  it('no library: where it was looked for', () => {
    process.env.AGON_CUDA = '/nowhere/agon_cuda.so'
    expect(cudaStatus()).toEqual({
      available: false,
      reason: 'cuda: unavailable (no library)',
      attempts: ['AGON_CUDA (/nowhere/agon_cuda.so): no such file']
    })
    expect(() => createCudaEngine()).toThrow(/^cuda: unavailable \(no library\): found AGON_CUDA .*\. docs\/gpu\.md/)
  })

  it('every place that was looked at', () => {
    delete process.env.AGON_CUDA
    // An addon with nothing beside it.
    const alone = join(mkdtempSync(join(tmpdir(), 'agon-')), 'agon.node')
    copyFileSync(addon, alone)
    const status = cudaStatus({ addon: alone })
    expect(status).toMatchObject({ available: false, reason: 'cuda: unavailable (no library)' })
    expect('attempts' in status && status.attempts.join('\n')).toMatch(
      /@agon\/native-cuda-.*: not installed\nbeside the addon \(.*agon_cuda\.(so|dll)\): no such file/
    )
  })

  it('no addon', () => {
    expect(cudaStatus({ addon: '/nowhere/agon.node' })).toMatchObject({ reason: 'cuda: unavailable (no addon)' })
  })

  it('a file that is no library', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'agon-')), 'agon_cuda.so')
    writeFileSync(path, 'no library')
    expect(refusal(path)).toMatchObject({ code: 'AGON_UNAVAILABLE' })
    expect(refusal(path).message).toMatch(/^cuda: unavailable \(the library does not load: .*agon_cuda\.so/)
  })

  it('a library without the functions', () => {
    expect(refusal(addon).message).toMatch(/^cuda: unavailable \(not a library of this engine: .*agon\.node\)/)
  })

  it('an option that does not exist, or a device that no machine has', () => {
    expect(() => createCudaEngine({ devise: 1 } as object)).toThrow("Did you mean 'device'?")
    expect(() => createCudaEngine({ device: -1 })).toThrow(/whole number from 0/)
    expect(() => cudaStatus({ device: 0.5 })).toThrow(/whole number from 0/)
  })
})

describe.skipIf(missing)(`a library that loads${missing ? ` (${missing})` : ''}`, () => {
  it('of another version is refused', () => {
    expect(refusal(otherVersion)).toMatchObject({ code: 'AGON_UNAVAILABLE' })
    expect(refusal(otherVersion).message).toContain('cuda: unavailable (built from other sources than this package: ')
  })

  it('lacks the device that is asked for', () => {
    expect(cudaStatus({ library: hostLibrary, device: 3 })).toMatchObject({
      available: false,
      reason: 'cuda: unavailable (device 3 of 1)'
    })
  })

  it('says what it runs on', () => {
    const facts = { device: 'host in the place of a GPU', capability: '9.0', library: hostLibrary }
    expect(cudaStatus({ library: hostLibrary })).toEqual({ available: true, ...facts })
    expect(hostEngine()).toMatchObject({ name: 'cuda', ...facts })
    expect(dirname(hostLibrary)).toBe(dirname(addon))
  })
})
