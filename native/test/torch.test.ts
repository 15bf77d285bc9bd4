import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import type { Session } from '@agon/core'
import { readOnnx } from '@agon/onnx'
import { relativeError } from '@agon/testing'
import { floatsOf, load, range, readJson } from './helpers.js'

interface Entry {
  readonly name: string
  readonly onnx: string
  readonly truth: string
  readonly inputShape: readonly number[]
}

interface Truth {
  readonly input: string
  readonly logits: readonly number[]
  readonly gradients: string
}

const folder = new URL('../../packages/testing/fixtures/torch/', import.meta.url)
const entries = readJson(new URL('index.json', folder)) as Entry[]

/** Of the largest logit, and of the largest gradient of all labels. */
const tolerance = 1e-4

describe('PyTorch fixtures', () => {
  const sessions: Session[] = []
  afterAll(() => sessions.forEach((session) => session.dispose()))

  it.each(entries.map((entry) => [entry.onnx, entry] as const))(
    '%s: logits and gradients of all labels',
    async (_, entry) => {
      const truth = readJson(new URL(entry.truth, folder)) as Truth
      const session = await load(await readOnnx(readFileSync(new URL(entry.onnx, folder))))
      sessions.push(session)
      const input = { shape: entry.inputShape, data: floatsOf(truth.input) }
      const logits = await session.forward(input)
      expect(relativeError(logits.data, truth.logits)).toBeLessThan(tolerance)
      const gradients = await session.vjp(input, { labels: [range(truth.logits.length)] })
      expect(gradients.shape).toEqual([truth.logits.length, ...entry.inputShape])
      expect(relativeError(gradients.data, floatsOf(truth.gradients))).toBeLessThan(tolerance)
    }
  )
})
