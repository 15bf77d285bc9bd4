import { describe, expect, it } from 'vitest'
import { runChild } from '../child.js'
import { hostLibrary, missing } from './host.js'

describe.skipIf(missing)(`worker threads on the GPU's engine${missing ? ` (${missing})` : ''}`, () => {
  it('may be terminated with jobs in flight: the process lives on', async () => {
    const { code, signal, stdout, stderr } = await runChild('children/terminate', [], { AGON_CUDA: hostLibrary })
    expect({ code, signal, stdout, stderr }).toEqual({ code: 0, signal: null, stdout: 'alive', stderr: '' })
  })

  it('process.exit() with a job in flight ends the process with its code', async () => {
    const { code, signal, stdout } = await runChild('children/terminate', ['exit'], { AGON_CUDA: hostLibrary })
    expect({ code, signal, stdout }).toEqual({ code: 7, signal: null, stdout: 'alive' })
  })
})
