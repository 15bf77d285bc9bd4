import {
  AgonError,
  assertFinite,
  minusBaseline,
  sizeOf,
  type BackwardRules,
  type Contest,
  type ContestOptions,
  type Cotangents,
  type Model,
  type PassOptions,
  type PerExample,
  type Session,
  type Tensor,
  type ValueName
} from '@agon/core'
import type { Shape } from '../facts.js'
import { keepRecent } from '../keep-recent.js'
import { specialize } from '../passes/specialize.js'
import { assertInput } from '../session-input.js'
import { surrogate, type Surrogate } from './surrogate.js'

/** The passes of a session by backward rules: those of sessions of surrogates, made when first asked for. */
export interface RuledSessions {
  vjp(input: Tensor, cotangents: Cotangents, options: PassOptions): Promise<Tensor>
  contest(input: Tensor, labels: PerExample, options: PassOptions & ContestOptions): Promise<Contest>
  dispose(): void
}

interface Entry extends Surrogate {
  readonly session: Session
}

/** Surrogates that are kept, those used last. */
const kept = 8

/** Whether rules ask for another pass than that of true derivatives. */
export function hasRules(rules: BackwardRules | undefined): rules is BackwardRules {
  if (rules === undefined) return false
  const { byOp = {}, byNode = {}, composite, carries = 'derivative', seeds = 'derivative' } = rules
  const named = Object.keys(byOp).length + Object.keys(byNode).length
  return named > 0 || composite !== undefined || carries !== 'derivative' || seeds !== 'derivative'
}

/** `load` makes a session of a surrogate on the same engine. Throws what `surrogate` throws. */
export function createRuledSessions(model: Model, load: (surrogate: Model) => Session): RuledSessions {
  const entries = keepRecent<Entry>(kept, ({ session }) => session.dispose())
  const entryOf = (shape: Shape, rules: BackwardRules, wrt: ValueName | undefined): Entry =>
    entries.of(JSON.stringify([shape, rules, wrt]), () => made(model, shape, rules, wrt, load))
  return {
    vjp(input, cotangents, { rules, baseline, wrt, ...rest }) {
      const entry = entryOf(assertInput(model, input), rules!, wrt)
      return entry.session.vjp(inputOf(entry, input, baseline), cotangents, { ...rest, wrt: entry.wrt })
    },
    contest(input, labels, { rules, baseline, wrt, ...rest }) {
      assertMultiplier(rules!, rest)
      const entry = entryOf(assertInput(model, input), rules!, wrt)
      const options = { ...rest, ...(baseline && { baseline }), wrt: entry.wrt }
      return entry.session.contest(inputOf(entry, input, baseline), labels, options)
    },
    dispose: () => entries.clear()
  }
}

function made(
  model: Model,
  shape: Shape,
  rules: BackwardRules,
  wrt: ValueName | undefined,
  load: (surrogate: Model) => Session
): Entry {
  const found = surrogate(specialize(model, shape), rules, wrt)
  return { ...found, session: load(found.model) }
}

/** The surrogate's input: `[N, ...]`, or `[N, 2, ...]` with the baseline, which is 0 where none is given, beside every example. */
function inputOf({ stacked }: Surrogate, input: Tensor, baseline: Tensor | undefined): Tensor {
  if (!stacked) return input
  const [examples, ...rest] = input.shape as [number, ...number[]]
  const size = sizeOf(rest)
  const data = new Float32Array(2 * input.data.length)
  if (baseline) {
    minusBaseline(input, baseline)
    assertFinite('baseline', baseline)
  }
  for (let n = 0; n < examples; n++) {
    data.set(input.data.subarray(n * size, (n + 1) * size), 2 * n * size)
    const from = baseline?.data.length === size ? 0 : n * size
    if (baseline) data.set(baseline.data.subarray(from, from + size), (2 * n + 1) * size)
  }
  return { shape: [examples, 2, ...rest], data }
}

/** Relevances are multiplied by their values already. */
function assertMultiplier({ carries }: BackwardRules, { multiply = 'none' }: ContestOptions): void {
  if (carries !== 'relevance' || multiply === 'none') return
  throw new AgonError('AGON_BAD_OPTION', {
    what: "multiply of a contest by rules that carry 'relevance'",
    expected: "'none'",
    found: `'${multiply}'`
  })
}
