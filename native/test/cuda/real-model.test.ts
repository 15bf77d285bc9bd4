import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createReferenceEngine } from '@agon/engine-reference'
import { readOnnx } from '@agon/onnx'
import { dataFolder, relativeError } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { randomTensor, range } from '../helpers.js'
import { hostEngine, missing } from './host.js'

const data = dataFolder()

describe.skipIf(missing ?? !data)(
  `a real model on the host (needs the test data folder${missing ? `; ${missing}` : ''})`,
  () => {
    it('has the logits and the contest of the reference engine', async () => {
      const path = join(data!, 'models', 'mnist-cnn-kerasjs', 'model.onnx')
      const model = await readOnnx(readFileSync(path))
      const [own, oracle] = [await hostEngine().load(model), await createReferenceEngine().load(model)]
      const input = randomTensor([1, 1, 28, 28], 6)
      expect(relativeError((await own.forward(input)).data, (await oracle.forward(input)).data)).toBeLessThan(1e-5)
      const labels = [range(10)]
      const options = { multiply: 'input', sumAxis: 1, maps: labels } as const
      const [found, expected] = [
        await own.contest(input, labels, options),
        await oracle.contest(input, labels, options)
      ]
      expect(relativeError(found.maps.data, expected.maps.data)).toBeLessThan(1e-4)
      const same = found.bestLabel.filter((label, e) => label === expected.bestLabel[e]).length
      expect(same / found.bestLabel.length).toBeGreaterThan(0.99)
      own.dispose()
    })
  }
)
