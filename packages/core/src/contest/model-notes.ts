import type { Explanation } from '../explain.js'
import { rowsOf } from '../labels.js'
import type { Note } from '../method.js'
import type { Tensor } from '../tensor.js'

/** One model's scores are called louder where the root mean square of its map is more than this many times another's. */
export const louderThreshold = 3

/** Root mean square of the map of every example. */
export function scalesOf(map: Tensor): readonly number[] {
  return rowsOf(map).map((row) => Math.sqrt(row.reduce((sum, value) => sum + value * value, 0) / row.length))
}

/** What a reader of a contest between models must know: what was said of each, and of scores that met as they are, which model is louder. */
export function noteModels(
  found: readonly Explanation[],
  models: readonly string[],
  scales: readonly (readonly number[])[] | undefined
): readonly Note[] {
  const ofEach = found.flatMap(({ notes }, m) =>
    notes.map(({ code, message }) => ({ code, message: `Model ${m} (${models[m]}): ${message}` }))
  )
  const message = `${found.length} models met over one label's maps. A contest between models is an extension of Agon, not the published competition.`
  const louder = scales === undefined ? [] : scales[0]!.flatMap((_, n) => louderNotes(scales, n))
  return [...ofEach, ...louder, { code: 'extension', message }]
}

function louderNotes(scales: readonly (readonly number[])[], n: number): Note[] {
  const own = scales.map((scale) => scale[n]!)
  const [most, least] = [Math.max(...own), Math.min(...own)]
  if (most <= louderThreshold * least) return []
  const ratio = least === 0 ? 'infinitely many' : (most / least).toPrecision(3)
  const message = `On example ${n} the scores of model ${own.indexOf(most)} are ${ratio} times as large as those of model ${own.indexOf(least)} (root mean square): it wins for that alone; normalise: 'root-mean-square' compares where each puts its weight.`
  return [{ code: 'louder-model', example: n, message }]
}
