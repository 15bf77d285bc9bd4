import type { Check, CheckEntry, Figure, Method, Plugin, Trial } from '@agon/core'
import { assertHas, blaming, blamingLater } from './blame.js'
import { guardedMethod } from './guard-method.js'

/** A plugin's check whose errors say whose they are: those of its trials, of what these make of methods, and of its own figures as well. */
export function guardCheck(plugin: Plugin, entry: CheckEntry): CheckEntry {
  const what = `check '${entry.name}' of plugin '${plugin.name}'`
  return {
    name: entry.name,
    create(options) {
      const made = blaming(what, () => entry.create(options))
      assertHas(what, made, 'name', 'string')
      assertHas(what, made, 'draws', 'number')
      for (const call of ['steps', 'trial']) assertHas(what, made, call, 'function')
      return guarded(what, made)
    }
  }
}

/** The fields of an instance of a class are not its own, so each is named. */
function guarded(what: string, made: Check): Check {
  const { name, cite, options, draws, figures, criterion } = made
  const wrap = wrapper(what)
  return {
    name,
    cite,
    ...(options && { options }),
    draws,
    criterion,
    ...(figures && { figures: figures.map((figure) => guardedFigure(what, figure)) }),
    steps: (model) => blaming(what, () => made.steps(model)),
    trial: (...given) => blamingLater(what, async () => guardedTrial(what, await made.trial(...given), wrap))
  }
}

function guardedTrial(what: string, trial: Trial, wrap: (made: Method, given: Method) => Method): Trial {
  const { model, targets, method } = trial
  return {
    ...(model && { model }),
    ...(targets && { targets: (found) => blaming(what, () => trial.targets!(found)) }),
    ...(method && { method: (given) => blaming(what, () => wrap(trial.method!(given), given)) })
  }
}

/** What a trial makes of a method, guarded: the same value for the same one, by which runs know that maps need not be made again. */
function wrapper(what: string): (made: Method, given: Method) => Method {
  const known = new WeakMap<Method, Method>()
  return (made, given) => {
    if (made === given) return given
    const wrapped = known.get(made) ?? guardedMethod(what, made)
    known.set(made, wrapped)
    return wrapped
  }
}

function guardedFigure(what: string, figure: Figure): Figure {
  const { name, cite } = figure
  return { name, cite, compare: (...given) => blaming(what, () => figure.compare(...given)) }
}
