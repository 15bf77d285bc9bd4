import { AgonError, type Model } from '@agon/core'
import { open, readFile, realpath, stat, writeFile } from 'node:fs/promises'
import { dirname, join, sep } from 'node:path'
import type { ExternalData } from './external.js'
import { readOnnx, type ReadOptions } from './read.js'
import { writeOnnx } from './write.js'

/**
 * Reads an ONNX file from disk, with its external data files, which must lie in its folder or below. Throws what `readOnnx`
 * throws, and AGON_BAD_FILE for files that cannot be read.
 */
export async function readOnnxFile(path: string, options: ReadOptions = {}): Promise<Model> {
  const bytes = await guarded(`ONNX file '${path}'`, async () => {
    await assertFile(path)
    return readFile(path)
  })
  return readOnnx(bytes, { ...options, external: options.external ?? externalOf(path) })
}

/** Writes a model to disk, see `writeOnnx`. */
export async function writeOnnxFile(path: string, model: Model): Promise<void> {
  const bytes = writeOnnx(model)
  await guarded(`ONNX file '${path}'`, () => writeFile(path, bytes))
}

/** Reads ranges of files in the model's folder. Links are followed before the folder is compared. */
function externalOf(path: string): ExternalData {
  return (location, offset, length) =>
    guarded(`external data '${location}' of '${path}'`, async () => {
      const folder = await realpath(dirname(path))
      const file = await realpath(join(folder, location))
      if (!file.startsWith(folder.endsWith(sep) ? folder : folder + sep)) {
        throw new AgonError('AGON_BAD_MODEL', {
          what: `external data '${location}' of '${path}'`,
          expected: "a file within the model's folder",
          found: `'${file}'`,
          remedy: 'Copy the data file next to the model.'
        })
      }
      return readRange(file, offset, length, await assertFile(file))
    })
}

async function readRange(file: string, offset: number, length: number, size: number): Promise<Uint8Array> {
  if (offset + length > size) {
    const expected = `at least ${offset + length} bytes`
    throw new AgonError('AGON_BAD_FILE', { what: `external data '${file}'`, expected, found: `${size}` })
  }
  const handle = await open(file)
  try {
    const bytes = new Uint8Array(length)
    let at = 0
    while (at < length) {
      const { bytesRead } = await handle.read(bytes, at, Math.min(length - at, 2 ** 30), offset + at)
      if (bytesRead === 0) break
      at += bytesRead
    }
    return bytes.subarray(0, at)
  } finally {
    await handle.close()
  }
}

/** The size of a regular file: a pipe or device could keep its reader waiting for ever. */
async function assertFile(path: string): Promise<number> {
  const stats = await stat(path)
  if (stats.isFile()) return stats.size
  const found = stats.isDirectory() ? 'a folder' : 'a device or pipe'
  throw new AgonError('AGON_BAD_FILE', { what: `'${path}'`, expected: 'a file', found })
}

async function guarded<T>(what: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (cause) {
    if (cause instanceof AgonError) throw cause
    throw new AgonError('AGON_BAD_FILE', { what, found: cause instanceof Error ? cause.message : String(cause), cause })
  }
}
