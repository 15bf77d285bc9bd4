import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { workplace } from './plugins.js'
import { agon, reference } from './run-cli.js'

const { folder, enter } = workplace()

describe('--option of several methods', () => {
  it('goes to those that know it', async () => {
    enter('options')
    const argv = [
      'explain',
      join(folder, 'model.onnx'),
      join(folder, 'x.npy'),
      ...reference,
      '--method',
      'integrated-gradients,smooth-grad,gradient',
      '--option',
      'steps=3',
      '--option',
      'samples=2',
      '--format',
      'json',
      '--json'
    ]
    const { out, code } = await agon(argv)
    expect(code).toBe(0)
    const { inputs } = JSON.parse(out) as { inputs: { results: { method: { options: object } }[] }[] }
    const [integrated, smooth, gradient] = inputs[0]!.results.map(({ method }) => method.options)
    expect(integrated).toMatchObject({ steps: 3 })
    expect(smooth).toMatchObject({ samples: 2 })
    expect(integrated).not.toHaveProperty('samples')
    expect(Object.keys(gradient!).sort()).toEqual(['layer', 'multiplier'])
  })
})
