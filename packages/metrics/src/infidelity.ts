import {
  assertChoice,
  defineMetric,
  rowsOf,
  type Metric,
  type MetricContext,
  type Multiplier,
  type Score
} from '@agon/core'
import { headNote } from './head-note.js'
import { infidelityOf } from './infidelity-of.js'
import { productsOf } from './infidelity/products.js'
import { readingOf, type Reading } from './infidelity/reading.js'
import { eachCopy } from './perturbations/each-copy.js'
import { perturbationKinds, type PerturbationName, type PerturbationOptions } from './perturbations/kinds.js'
import type { Perturbed } from './perturbations/perturbation.js'

interface OwnOptions {
  /**
   * `'captum'` (default): a map that is multiplied by x - b is multiplied by I / (x - b), so that maps of either kind are in units of the logit; `'authors'`: I . phi,
   * refused where I is itself x - x0. They are the same for maps that are not multiplied by the input.
   */
  readonly form: 'authors' | 'captum'
  /** Whether the products are first brought to the differences by the one factor, of every example, that fits best. Default false. */
  readonly scaled: boolean
  /** What the map is multiplied by, in place of what the method says; Captum's multiply_by_inputs. */
  readonly multiplier: Multiplier | undefined
  /** How inputs are perturbed: `'subset'` (default), ... */
  readonly perturbation: PerturbationName
}

/** Beside these the options of the kind of perturbation. */
export type InfidelityOptions = OwnOptions & PerturbationOptions

/**
 * Infidelity of maps phi of logit f under perturbations I of the input x, each of x itself: how badly phi tells what a perturbation does,
 *
 *     mean over I of (P - (f(x) - f(x - I)))^2,    P = I . phi, see `infidelityOf` and `productsOf`
 *
 * in squared units of the logit; `spread` is that of the squared errors. Throws AGON_BAD_OPTION for options that the kind of perturbation does not have, and
 * where a map would be multiplied by a difference from the baseline twice; AGON_BAD_INPUT for maps that do not lie on the input.
 */
export function infidelity(given: Partial<InfidelityOptions> = {}): Metric {
  const name = given.perturbation ?? 'subset'
  assertChoice("option 'perturbation' of infidelity", name, Object.keys(perturbationKinds))
  const kind = perturbationKinds[name]
  return defineMetric<OwnOptions>({
    name: 'infidelity',
    cite: 'Yeh, Hsieh, Suggala, Inouye & Ravikumar 2019, On the (In)fidelity and Sensitivity of Explanations, arXiv 1901.09392',
    direction: 'lower',
    range: [0, Infinity],
    formula: formulaOf(given, kind.formula),
    defaults: { form: 'captum', scaled: false, multiplier: undefined, perturbation: name, ...kind.defaults },
    check(options) {
      const option = (of: string): string => `option '${of}' of infidelity`
      assertChoice(option('form'), options.form, ['authors', 'captum'])
      if (options.multiplier !== undefined) {
        assertChoice(option('multiplier'), options.multiplier, ['none', 'input', 'input-minus-baseline'])
      }
      kind.check(option, options)
    },
    async measure(context, options) {
      const perturbed = kind.perturb(context, options)
      const reading = perturbed.perturbation ? {} : readingOf(context, options, kind.isDifference)
      return scores(context, perturbed, reading, options.scaled)
    }
  })(given)
}

function formulaOf({ form = 'captum', scaled = false }: Partial<OwnOptions>, perturbation: string): string {
  const product = form === 'authors' ? 'I . phi' : 'I . phi, or (I / (x - b)) . phi for maps multiplied by x - b'
  const factor = scaled ? 'beta P' : 'P'
  const beta = scaled ? '; beta = mean of P (f(x) - f(x - I)) / mean of P^2' : ''
  return `mean over I of (${factor} - (f(x) - f(x - I)))^2; P = ${product}${beta}; ${perturbation}`
}

const unevenNote =
  'One value of the map stands for several elements of the input, which were not perturbed alike: each was given an even share of it, and the score counts what the sum has lost.'

async function scores(
  context: MetricContext,
  perturbed: Perturbed,
  { starts, note }: Reading,
  scaled: boolean
): Promise<readonly Score[]> {
  const { count } = perturbed
  const [inputs, logits] = [rowsOf(context.input), rowsOf(context.logits)]
  const maps = inputs.map((_, n) => productsOf(context, n, starts?.[n]))
  const products = inputs.map(() => new Float64Array(count))
  const differences = inputs.map(() => new Float64Array(count))
  const head = headNote(context.session.model)
  const difference = new Float64Array(inputs[0]!.length)
  const copies = inputs.map((_, n) => ({
    count,
    write: (k: number, into: Float32Array) => perturbed.write(n, k, into)
  }))
  await eachCopy(context, copies, (n, k, copy, outputs) => {
    const I = perturbed.perturbation?.(n, k) ?? minus(inputs[n]!, copy, difference)
    const target = context.targets[n]!
    products[n]![k] = maps[n]!.of(I)
    differences[n]![k] = logits[n]![target]! - outputs[target]!
  })
  return inputs.map((_, n) => {
    const { value, spread } = infidelityOf(products[n]!, differences[n]!, { scaled })
    const notes = [head, note, maps[n]!.isUneven() && unevenNote, perturbed.note?.(n)].filter(Boolean)
    return {
      value,
      samples: count,
      ...(spread !== undefined && { spread }),
      ...(notes.length > 0 && { note: notes.join(' ') })
    }
  })
}

/** x - perturbed in float64. */
function minus(x: Float32Array, perturbed: Float32Array, into: Float64Array): Float64Array {
  for (let i = 0; i < into.length; i++) into[i] = x[i]! - perturbed[i]!
  return into
}
