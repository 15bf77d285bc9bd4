import { contest } from '@agon/core'
import { integratedGradients, smoothGrad } from '@agon/methods'
import { describe, expect, it } from 'vitest'
import { cpuEngine, randomTensor, sameBits } from './helpers.js'
import { tilesNet } from './models.js'

describe('a competition over averaged gradients', () => {
  it.each([integratedGradients({ steps: 4 }), smoothGrad({ samples: 4 })])(
    "has the same bits whether a label's maps are taken alone or beside others: $name",
    async (base) => {
      const input = randomTensor([2, 3, 20, 20])
      const session = await cpuEngine(2).load(tilesNet())
      const beside = await contest(session, input, base, { maps: [[3], [3]], granularity: 'element' })
      const alone = await contest(session, input, base, { target: 3, labels: [3], granularity: 'element' })
      expect(beside.labels[0]!.length).toBe(6)
      expect(alone.labels).toEqual([[3], [3]])
      expect(sameBits(alone.best, beside.maps.data)).toBe(true)
    }
  )
})
