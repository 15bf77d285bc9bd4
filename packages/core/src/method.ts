import type { Baseline } from './baseline.js'
import type { Contest } from './contest/contest.js'
import type { BackwardRules, Multiplier, PerExample, SeedScale, Session } from './engine.js'
import type { ValueName } from './model.js'
import { resolveOptions } from './options.js'
import type { Plan } from './plan.js'
import { attributePrepared, type Prepared } from './prepared.js'
import type { Precision } from './precision.js'
import type { Random } from './random.js'
import type { Tensor } from './tensor.js'

/**
 * A saliency method; any object of this shape is a plugin. It is either one modified backward pass, declared as data
 * (`pass`, which engines run fused for all labels), or a program over the session (`attribute`).
 */
export interface Method {
  readonly name: string
  /** Where the method comes from: authors, year, title, identifier. */
  readonly cite?: string
  /** The value of every option, given or by default, by name; those of a base that competes are among them. */
  readonly options?: object
  /**
   * What its values have been multiplied by, see `multiplierOf`: `'none'` where they are per unit of the input, as a gradient's (local), else shares of the
   * logit (global, in the words of Kokhlikyan et al. 2021, arXiv 2106.07475). Absent: a pass tells by itself; of a program it is not known.
   */
  readonly multiplier?: Multiplier
  readonly pass?: BackwardPass
  /** Takes L targets per example, returns L attributions: `[L, N, ...]`. */
  attribute?(context: MethodContext): Promise<Tensor | Attributed>
  /** Beside `attribute`, for a method whose labels share work: does that work once for the context's targets. Streamed contests ask for it. */
  prepare?(context: MethodContext): Promise<Prepared>
}

/** One backward pass: seeds on the logits, local rules on the way down, a multiplier at the end. */
export interface BackwardPass {
  readonly rules?: BackwardRules
  readonly cotangent: SeedScale
  readonly multiply: Multiplier
  /** What the input is compared with, by rules and multiplier. Default: the baseline of the call, else zero. */
  readonly baseline?: Baseline
  /** The maps add up to logit - logit at the baseline: the logits there come with them. */
  readonly completes?: true
  readonly wrt?: ValueName
}

/** An attribution with what was found on the way. */
export interface Attributed {
  readonly attribution: Tensor
  readonly contest?: Contest
  /** By a method that claims its maps to add up to logit - logit at the baseline: the logits there, `[N, ...]`. */
  readonly baselineLogits?: Tensor
}

/** What a method is given. */
export interface MethodContext {
  readonly session: Session
  /** `[N, ...]` */
  readonly input: Tensor
  /** `[N, ...]`, the forward pass's output on `input`. */
  readonly logits: Tensor
  /** The labels to explain, `[N][L]`. */
  readonly targets: PerExample
  /** The labels that compete, per example; always including the example's targets. */
  readonly contestants: PerExample
  /** For `'input-minus-baseline'`. */
  readonly baseline?: Tensor
  readonly random: Random
  readonly signal?: AbortSignal
  readonly onProgress?: (done: number, total: number) => void
  /** Byte budget, see PassOptions. */
  readonly memory?: number
  /** Of the backward passes, see PassOptions. */
  readonly precision?: Precision
  /** Whether gradients of passes may be taken as `PassOptions.averaged` says; never in a contest, whose chunks of labels must not show. */
  readonly averaged?: boolean
  /** For the contests that a method runs, see PassOptions. */
  readonly onPlan?: (plan: Plan) => void
  /** Says something that the reader of the map must know. */
  note(note: Note): void
}

/** A finding that travels with a result: a stable code and a sentence. */
export interface Note {
  readonly code: string
  readonly message: string
  /** Of which example of the batch it is said; absent: of all. */
  readonly example?: number
}

/** What `defineMethod` needs: a name, a source, the options with their defaults, and one of the three bodies; from `prepare` it makes `attribute` as well. */
export interface MethodDefinition<Options extends object> {
  readonly name: string
  readonly cite: string
  readonly defaults: Options
  /** Throws AGON_BAD_OPTION for values that are of the right type and yet make no sense. */
  readonly check?: (options: Options) => void
  /** Of a program, see Method. */
  readonly multiplier?: Multiplier | ((options: Options) => Multiplier | undefined)
  readonly pass?: (options: Options) => BackwardPass
  readonly attribute?: (context: MethodContext, options: Options) => Promise<Tensor | Attributed>
  readonly prepare?: (context: MethodContext, options: Options) => Promise<Prepared>
}

/** Makes a method's factory, `(options) => Method`. Misspelled or mistyped options throw AGON_BAD_OPTION. */
export function defineMethod<Options extends object>(
  definition: MethodDefinition<Options>
): (options?: Partial<Options>) => Method {
  const { name, cite, defaults, check, multiplier, pass, attribute, prepare } = definition
  return (given) => {
    const options = resolveOptions(name, defaults, given)
    check?.(options)
    const multiplied = typeof multiplier === 'function' ? multiplier(options) : multiplier
    const prepared = prepare && ((context: MethodContext) => prepare(context, options))
    return {
      name,
      cite,
      options,
      ...(multiplied && { multiplier: multiplied }),
      ...(pass && { pass: pass(options) }),
      ...(attribute && { attribute: (context: MethodContext) => attribute(context, options) }),
      ...(prepared && {
        prepare: prepared,
        attribute: (context: MethodContext) => attributePrepared(prepared, context)
      })
    }
  }
}
