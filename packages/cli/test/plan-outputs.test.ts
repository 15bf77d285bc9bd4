import { describe, expect, it } from 'vitest'
import { planOutputs } from '../src/run/plan-outputs.js'

const plan = (inputs: string[], out = 'maps', endings = ['.cgi.png', '.png']) =>
  planOutputs(inputs, 'model.onnx', out, endings)

describe('names of outputs', () => {
  it('are the base names of the inputs without extension', () => {
    expect(plan(['in/boot.v2.png', 'cat.jpg']).map(({ name }) => name)).toEqual(['boot.v2', 'cat'])
  })

  it('refuses two inputs of one name', () => {
    expect(() => plan(['a/boot.png', 'b/boot.jpg'])).toThrow(/found a\/boot\.png and b\/boot\.jpg/)
  })

  it('refuses two inputs whose outputs meet', () => {
    expect(() => plan(['boot.jpg', 'boot.cgi.jpg'])).toThrow(/boot\.cgi\.png/)
  })

  it('never overwrites an input', () => {
    expect(() => plan(['in/boot.png'], 'in')).toThrow(/a file that is not an input/)
    expect(() => plan(['in/boot.png'], 'in', ['.cgi.png'])).not.toThrow()
  })
})
