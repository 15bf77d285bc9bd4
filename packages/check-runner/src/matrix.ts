import {
  AgonError,
  type Check,
  type CheckStep,
  type Contestants,
  type Direction,
  type Figure,
  type Method,
  type Metric,
  type Model,
  type Target,
  type Tensor
} from '@agon/core'
import type { Rgba, RgbPicture } from '@agon/render'

/** Everything that a run goes through: methods x checks x inputs, and methods x metrics x inputs. */
export interface Matrix {
  readonly model: Model
  /** What reports call the model. Default: the graph's name. */
  readonly modelName?: string
  /** Of the model's bytes, hexadecimal. */
  readonly modelHash: string
  /** How photographs became inputs, in words. */
  readonly preprocess?: string
  readonly inputs: readonly MatrixInput[]
  /** Methods asked for, then the controls. Names are unique. */
  readonly methods: readonly MatrixMethod[]
  readonly checks: readonly MatrixCheck[]
  /** Similarities, each under a normalisation: what is compared where a check has no figures of its own. */
  readonly figures: readonly NamedFigure[]
  readonly metrics: readonly Metric[]
  /** Over whose maps the labels compete for the turf of every input; absent: no turfs. */
  readonly turf?: Method
  readonly target: Target
  readonly labels: Contestants
  readonly seed: number
  /** What else results depend on, for the record and for the run's identity: options as they were given, hashes of masks, ... */
  readonly options?: Readonly<Record<string, unknown>>
}

/** One example. */
export interface MatrixInput {
  /** Unique in a run. */
  readonly name: string
  readonly sha256: string
  /** `[1, ...]` */
  readonly input: Tensor
  /** What the network saw, to be looked at. */
  readonly picture?: Rgba | RgbPicture
  /** See MetricContext: `[1, ...]`. */
  readonly mask?: Tensor
}

export interface MatrixMethod {
  readonly name: string
  readonly role: 'method' | 'control'
  readonly competitive: boolean
  readonly method: Method
  /** Of a competitive method the name of the control that thins its base. */
  readonly thinned?: string
}

export interface MatrixCheck {
  readonly check: Check
  /** Of the check on this model; at least one. */
  readonly steps: readonly CheckStep[]
}

/** A figure and how reports describe it. */
export interface NamedFigure extends Figure {
  readonly formula?: string
  readonly direction?: Direction
  /** The value of a map and itself. */
  readonly same?: number
}

/** Throws AGON_BAD_INPUT for a matrix without inputs or methods, AGON_DUPLICATE_NAME for a name that is taken. */
export function assertMatrix({ inputs, methods, checks, metrics, figures }: Matrix): void {
  assertSome('inputs', inputs.length)
  assertSome('methods', methods.length)
  assertNames('input', inputs)
  assertNames('method', methods)
  assertNames(
    'check',
    checks.map(({ check }) => check)
  )
  assertNames('metric', metrics)
  assertNames('similarity', figures)
}

function assertSome(what: string, count: number): void {
  if (count > 0) return
  throw new AgonError('AGON_BAD_INPUT', { what: `${what} of a run of checks`, expected: 'at least one', found: 'none' })
}

function assertNames(kind: string, things: readonly { readonly name: string }[]): void {
  const names = things.map(({ name }) => name)
  const twice = names.find((name, at) => names.indexOf(name) < at)
  if (twice === undefined) return
  const [expected, found] = ['every name once', `'${twice}' twice`]
  throw new AgonError('AGON_DUPLICATE_NAME', { what: `${kind} of a run of checks`, expected, found })
}
