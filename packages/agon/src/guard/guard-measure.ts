import type { Metric, MetricEntry, Plugin, Similarity } from '@agon/core'
import { assertHas, blaming, blamingLater } from './blame.js'

/** A plugin's similarity whose errors say whose they are; the fields of an instance of a class are not its own, so each is named. */
export function guardSimilarity(plugin: Plugin, made: Similarity): Similarity {
  const { name, cite, formula, direction, range, symmetric } = made
  const what = `similarity '${name}' of plugin '${plugin.name}'`
  return {
    name,
    cite,
    ...(formula !== undefined && { formula }),
    direction,
    range,
    symmetric,
    compare: (...given) => blaming(what, () => made.compare(...given))
  }
}

/** A plugin's metric whose errors say whose they are. */
export function guardMetric(plugin: Plugin, entry: MetricEntry): MetricEntry {
  const what = `metric '${entry.name}' of plugin '${plugin.name}'`
  return {
    name: entry.name,
    create(options) {
      const made = blaming(what, () => entry.create(options))
      assertHas(what, made, 'name', 'string')
      assertHas(what, made, 'measure', 'function')
      return guarded(what, made)
    }
  }
}

function guarded(what: string, made: Metric): Metric {
  const { name, cite, direction, formula, range, options } = made
  return {
    name,
    cite,
    direction,
    ...(formula !== undefined && { formula }),
    range,
    ...(options && { options }),
    measure: (context) => blamingLater(what, async () => made.measure(context))
  }
}
