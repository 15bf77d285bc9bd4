import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { dataFolder } from '@agon/testing'
import { runChild } from './child.js'

const data = dataFolder()

describe.skipIf(!data)('SqueezeNet, 1000 labels at 227 x 227 (needs the test data folder)', () => {
  it('stays under 600 MB for the whole process', async () => {
    const model = join(data!, 'models', 'squeezenet1.1-imagenet', 'model.onnx')
    const { stdout, stderr } = await runChild('children/thousand-labels', [model])
    expect(stderr).toBe('')
    const { seconds, megabytes, winners } = JSON.parse(stdout) as Record<string, number>
    process.stdout.write(`1000 labels of SqueezeNet: ${seconds!.toFixed(2)} s, ${megabytes!.toFixed(0)} MB\n`)
    expect(winners).toBeGreaterThan(10)
    expect(megabytes).toBeLessThan(600)
  })
})
