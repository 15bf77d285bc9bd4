import type { Contest } from './contest/contest.js'
import type { Learner } from './learner.js'
import type { Model, ValueName } from './model.js'
import type { Plan } from './plan.js'
import type { Precision } from './precision.js'
import type { Tensor } from './tensor.js'

/** Runs models. Engines are passed in; nothing below the umbrella package names one. */
export interface Engine {
  /** `'cpu'`, `'reference'`, or a third party's. */
  readonly name: string
  /** Refuses unsupported operators here (AGON_UNSUPPORTED_OPERATOR), naming every node, its operator and the remedy. */
  load(model: Model): Promise<Session>
  /** By engines that have parameter gradients: the model as the start of a fit. Refuses what `load` refuses and operators without them. */
  learner?(model: Model): Promise<Learner>
}

/**
 * One model on one engine; weights are uploaded once. Inputs are `[N, ...]` with a batch axis first, and every example
 * is computed on its own: results never depend on the rest of the batch, on chunk sizes or on thread counts.
 */
export interface Session {
  readonly model: Model
  /** The precisions of its backward passes; absent: fp32 only. */
  readonly precisions?: readonly Precision[]
  /** Logits `[N, ...]`, or any other value of the graph with `at`. */
  forward(input: Tensor, options?: { at?: ValueName; signal?: AbortSignal }): Promise<Tensor>
  /** Vector-Jacobian products of L cotangents on one forward pass: `[L, N, ...wrt]`. */
  vjp(input: Tensor, cotangents: Cotangents, options?: PassOptions): Promise<Tensor>
  /** The same backward pass for many labels, folded on the fly; never holds L x input. */
  contest(input: Tensor, labels: PerExample, options?: PassOptions & ContestOptions): Promise<Contest>
  /**
   * Takes the arrays of a contest of this session back that nobody will read any more: later contests may write into them. To make and collect arrays takes
   * longer than a contest of a few labels through a small model. By engines that can; whoever does not call it loses time only.
   */
  recycle?(contest: Contest): void
  /** Frees weights and buffers. Any later call throws AGON_DISPOSED. */
  dispose(): void
}

/** Label indices per example, `[N][L]`; sessions take the same number of labels for every example. An index counts the logits of one example, flattened. */
export type PerExample = readonly (readonly number[])[]

/** What is propagated back: dense cotangents `[L, N, ...output]`, or one-hot seeds (with the logit in place of 1 if `scale` is `'logit'`). */
export type Cotangents = Tensor | { readonly labels: PerExample; readonly scale?: SeedScale }

export type SeedScale = 'one' | 'logit'

export interface PassOptions {
  /** The value to differentiate with respect to. Default: the model's input. */
  readonly wrt?: ValueName
  /** Local rules in place of the true derivative; true VJP where absent. */
  readonly rules?: BackwardRules
  /** For rules that compare two forward passes: shaped like the input, or one example for all. Absent: zero. */
  readonly baseline?: Tensor
  readonly signal?: AbortSignal
  /** `done` of `total` label passes. */
  readonly onProgress?: (done: number, total: number) => void
  /** Bytes the pass may use beyond weights and the forward pass; the engine picks label chunks from it. Default 256 MiB; an engine may take more for a model whose passes do not fit that. */
  readonly memory?: number
  /** Default `'fp32'`. Sessions throw AGON_BAD_OPTION for one that they do not have; those that know fp32 only need not look at it, `explain` and `contest` do. */
  readonly precision?: Precision
  /**
   * The gradients go into a mean of many. A pass of one label per example may then add up terms in another order, if that is faster: the same bits for any
   * batch, budget and number of threads, and the same within rounding as without. Contests do not look at it.
   */
  readonly averaged?: boolean
  /** Called once at the end of a contest, by engines that plan; they measure only if it is there. */
  readonly onPlan?: (plan: Plan) => void
}

/** A local backward rule: its name, or its name with the rule's options. */
export type Rule = string | { readonly rule: string; readonly [option: string]: RuleOption }

export type RuleOption = string | number | boolean | readonly number[]

/**
 * Plain data: which local rule replaces the derivative, by operator and by node (the node wins), or by a named composite, which gives the
 * nodes that neither names a rule. docs/rules.md lists the rules and composites.
 */
export interface BackwardRules {
  readonly byOp?: Readonly<Record<string, Rule>>
  readonly byNode?: Readonly<Record<string, Rule>>
  /** A composite: its name, or its name under `rule` with its options. */
  readonly composite?: Rule
  /** What comes out at `wrt`: multipliers, as a derivative is one (default), or relevances: multiplier times value, as the rules conserve them. */
  readonly carries?: 'derivative' | 'relevance'
  /** What goes in at the output: multipliers, so that a cotangent of 1 stands for a relevance as large as the logit (default), or relevances. */
  readonly seeds?: 'derivative' | 'relevance'
}

export type Multiplier = 'none' | 'input' | 'input-minus-baseline'

export interface ContestOptions {
  readonly scale?: SeedScale
  /** What the gradient is multiplied by, element by element, before anything is summed or compared. */
  readonly multiply?: Multiplier
  /** For `'input-minus-baseline'`: shaped like the input, or one example that is used for all. */
  readonly baseline?: Tensor
  /** Axis of the input that is summed before the labels compete (1 for the channels of NCHW). Absent: every element is contested. */
  readonly sumAxis?: number
  /** Labels whose own maps are returned as well, per example; each must be among the competing labels. */
  readonly maps?: PerExample
}

/** Default of `PassOptions.memory`: 256 MiB. */
export const defaultMemory = 256 * 2 ** 20
