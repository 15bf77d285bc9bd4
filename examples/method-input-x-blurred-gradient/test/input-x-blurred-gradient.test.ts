import { deepEqual } from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { MethodContext } from '@agon/core'
import { createReferenceEngine } from '@agon/engine-reference'
import { testMethod } from '@agon/testing'
import { inputTimesBlurredGradient } from '../src/input-x-blurred-gradient.js'

testMethod(inputTimesBlurredGradient, {
  engine: createReferenceEngine(),
  runner: { describe, it },
  options: { radius: 2 }
})

it('averages the gradient over the neighbours in the picture, by hand', async () => {
  const gradient = { shape: [1, 1, 1, 2, 3], data: Float32Array.of(6, 0, 0, 0, 0, 12) }
  const session = { vjp: () => Promise.resolve(gradient) } as unknown as MethodContext['session']
  const input = { shape: [1, 1, 2, 3], data: Float32Array.of(1, 1, 1, 1, 1, -1) }
  const context = { session, input, targets: [[0]] } as unknown as MethodContext
  const map = await inputTimesBlurredGradient().attribute!(context)
  deepEqual([...('data' in map ? map.data : [])], [1.5, 3, 3, 1.5, 3, -3])
})
