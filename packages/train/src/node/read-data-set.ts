import { join } from 'node:path'
import { AgonError, knownNames } from '@agon/core'
import { examplesFromIdx, type IdxFile } from '../examples-from-idx.js'
import type { DataSet } from '../examples.js'
import { dataSetFolder } from './cache-folder.js'
import { dataSources, type DataSource, type Part } from './data-sources.js'
import { readPinned } from './pinned-file.js'

/**
 * Reads a data set that was fetched before, from a folder (default: where `fetchDataSet` puts it), and checks every file's SHA-256. Throws AGON_UNKNOWN_NAME for
 * another name, AGON_BAD_FILE for files that are missing or not the right ones.
 */
export async function readDataSet(name: string, folder: string = dataSetFolder(name)): Promise<DataSet> {
  const source = sourceOf(name)
  const file = async (part: Part): Promise<IdxFile> => {
    const bytes = await readPinned(folder, source.files[part])
    if (bytes === undefined) throw missing(join(folder, source.files[part].name), name)
    return { name: join(folder, source.files[part].name), bytes }
  }
  const { length } = source.classes
  return {
    name: source.name,
    classes: source.classes,
    train: examplesFromIdx(await file('trainImages'), await file('trainLabels'), length),
    test: examplesFromIdx(await file('testImages'), await file('testLabels'), length)
  }
}

/** Throws AGON_UNKNOWN_NAME. */
export function sourceOf(name: string): DataSource {
  const found = dataSources.find((source) => source.name === name)
  if (found !== undefined) return found
  const known = knownNames(
    name,
    dataSources.map((source) => source.name)
  )
  throw new AgonError('AGON_UNKNOWN_NAME', { what: `data set '${name}'`, ...known })
}

function missing(what: string, name: string): AgonError {
  const remedy = `Fetch it: agon fetch ${name}.`
  return new AgonError('AGON_BAD_FILE', { what, expected: 'a file of the data set', found: 'none', remedy })
}
