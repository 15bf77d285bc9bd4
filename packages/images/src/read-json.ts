import { AgonError } from '@agon/core'
import { readIfPresent } from './read-bytes.js'

/** A JSON file's value, or `undefined` if there is no such file. Throws AGON_BAD_FILE if it is not UTF-8 JSON. */
export async function readJson(path: string): Promise<{ readonly value: unknown } | undefined> {
  const text = await readText(path)
  if (text === undefined) return undefined
  try {
    return { value: JSON.parse(text) as unknown }
  } catch (cause) {
    throw new AgonError('AGON_BAD_FILE', { what: path, expected: 'JSON', found: (cause as Error).message, cause })
  }
}

/** A UTF-8 file's text without byte order mark, or `undefined` if there is no such file. */
export async function readText(path: string): Promise<string | undefined> {
  const bytes = await readIfPresent(path)
  if (bytes === undefined) return undefined
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new AgonError('AGON_BAD_FILE', { what: path, expected: 'UTF-8 text', found: 'other bytes', cause })
  }
}
