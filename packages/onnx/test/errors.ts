import { AgonError, type AgonErrorCode, type Model } from '@agon/core'
import { expect } from 'vitest'
import { readOnnx, type ReadOptions } from '../src/read.js'

/** Expects that reading fails with one line of this code that mentions all parts; gives the message. */
export async function expectRefused(
  bytes: Uint8Array,
  code: AgonErrorCode,
  parts: readonly string[],
  options: ReadOptions = {}
): Promise<string> {
  const result: Model | AgonError = await readOnnx(bytes, options).catch((error: unknown) => {
    if (error instanceof AgonError) return error
    throw error
  })
  if (!(result instanceof AgonError)) throw new Error(`expected ${code}, but the file was read`)
  expect(result.code).toBe(code)
  for (const part of parts) expect(result.message).toContain(part)
  expect(result.message).not.toContain('\n')
  return result.message
}
