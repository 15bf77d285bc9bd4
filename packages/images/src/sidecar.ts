import { AgonError } from '@agon/core'
import { assertFields, fieldError, type Fields, type Origin } from './check.js'
import { labelList } from './label-list.js'
import type { Preprocess } from './preprocess.js'
import { readJson } from './read-json.js'
import { resolvePreprocess } from './resolve-preprocess.js'

/** What a model's file does not say about it, from `model.agon.json` beside `model.onnx`. */
export interface Sidecar {
  readonly path: string
  readonly name?: string
  /** Index = logit. */
  readonly labels?: readonly string[]
  readonly preprocess?: Preprocess
  /** Where the model comes from. */
  readonly source?: string
  readonly licence?: string
  /** Measured share of right answers, 0 .. 1. */
  readonly testAccuracy?: number
}

const fields = ['name', 'labels', 'preprocess', 'source', 'licence', 'testAccuracy']

/**
 * Reads `<model>.agon.json`: for `model.onnx` that is `model.agon.json` or `model.onnx.agon.json`. `undefined` if there is
 * none. Throws AGON_BAD_FILE if there are both, or naming the field that is unknown or wrong.
 */
export async function readSidecar(modelPath: string): Promise<Sidecar | undefined> {
  const paths = [...new Set([modelPath.replace(/\.[^./\\]+$/, ''), modelPath])].map((stem) => `${stem}.agon.json`)
  const found: { path: string; value: unknown }[] = []
  for (const path of paths) {
    const json = await readJson(path)
    if (json) found.push({ path, value: json.value })
  }
  if (found.length > 1) {
    throw new AgonError('AGON_BAD_FILE', {
      what: modelPath,
      expected: 'one sidecar',
      found: found.map(({ path }) => path).join(' and '),
      remedy: 'Remove one of the two.'
    })
  }
  return found[0] && checkedSidecar(found[0].path, found[0].value)
}

function checkedSidecar(path: string, value: unknown): Sidecar {
  const origin: Origin = { code: 'AGON_BAD_FILE', what: path }
  assertFields(origin, value, fields)
  const { labels, preprocess, testAccuracy } = value
  if (testAccuracy !== undefined && !(typeof testAccuracy === 'number' && testAccuracy >= 0 && testAccuracy <= 1)) {
    throw fieldError(origin, 'testAccuracy', 'a number in 0 .. 1', testAccuracy)
  }
  return {
    path,
    ...text(origin, value, 'name'),
    ...text(origin, value, 'source'),
    ...text(origin, value, 'licence'),
    ...(labels !== undefined && { labels: labelList(labels, { ...origin, what: `${path}, labels` }) }),
    ...(preprocess !== undefined && {
      preprocess: resolvePreprocess(preprocess, { ...origin, what: `${path}, preprocess` })
    }),
    ...(testAccuracy !== undefined && { testAccuracy: testAccuracy as number })
  }
}

function text(origin: Origin, value: Fields, field: string): { readonly [field: string]: string } {
  const found = value[field]
  if (found === undefined) return {}
  if (typeof found === 'string') return { [field]: found }
  throw fieldError(origin, field, 'a text', found)
}
