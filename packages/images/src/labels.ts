import { dirname, join } from 'node:path'
import { fieldError } from './check.js'
import { labelList } from './label-list.js'
import { readJson, readText } from './read-json.js'
import { readSidecar } from './sidecar.js'

/** Label names, index = logit, and the file that they were read from. */
export interface Labels {
  readonly names: readonly string[]
  readonly from: string
}

/**
 * A model's label names: those of its sidecar, else `labels.json`, else `labels.txt` (one name a line) in the model's
 * folder; `undefined` if none of them has any. Throws AGON_BAD_FILE for a file that is malformed.
 */
export async function readLabels(modelPath: string): Promise<Labels | undefined> {
  const sidecar = await readSidecar(modelPath)
  if (sidecar?.labels) return { names: sidecar.labels, from: sidecar.path }
  const jsonPath = join(dirname(modelPath), 'labels.json')
  const json = await readJson(jsonPath)
  if (json) return { names: labelList(json.value, { code: 'AGON_BAD_FILE', what: jsonPath }), from: jsonPath }
  const textPath = join(dirname(modelPath), 'labels.txt')
  const text = await readText(textPath)
  return text === undefined ? undefined : { names: lines(textPath, text), from: textPath }
}

function lines(path: string, text: string): readonly string[] {
  const names = text
    .trimEnd()
    .split('\n')
    .map((line) => line.trim())
  const empty = names.indexOf('')
  if (empty < 0) return names
  throw fieldError({ code: 'AGON_BAD_FILE', what: path }, `line ${empty + 1}`, 'a name', undefined)
}
