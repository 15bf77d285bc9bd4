import { functions } from './functions.js'

/** What lib/ knows of the C++ side: the shapes of everything that crosses into the addon. */

/** A model at a fixed input shape, as instructions over flat arrays; include/agon/program.h says what each kind means. */
export interface Program {
  /** Elements of each value. */
  readonly sizes: Float64Array
  /** The values that are known: weights and tables; null where an instruction or the input provides the value. */
  readonly constants: readonly (Float32Array | null)[]
  readonly instructions: readonly Instruction[]
  readonly input: number
  readonly output: number
}

/** The node that an instruction comes from. */
export interface Origin {
  readonly node: string
  readonly op: string
  readonly output: string
}

/** One instruction. `kind` counts the names in kinds.ts; inputs and outputs are values; the rest is per kind. */
export interface Instruction {
  readonly kind: number
  readonly inputs: Int32Array
  readonly outputs: Int32Array
  readonly ints: Int32Array
  readonly numbers: Float32Array
  readonly tables: readonly Int32Array[]
}

/** What a build of the addon exports. */
export interface Addon {
  /** Names of its scalar functions, index = id. */
  readonly functions: readonly string[]
  /** `amx`, `avx512`, `avx2`, `neon` or `baseline`: which kernels this process uses. Throws for an AGON_ISA that the machine lacks. */
  instructionSet(): string
  /** Floating-point operations per second of one thread that only multiplies and adds in registers; takes some 40 ms. */
  peakFlops(): number
  /** Threads that sessions may share; 0 = as many as the machine has. */
  createPool(threads: number): Home
  /** Loads the core for GPUs from a file and asks a device about itself. Throws AGON_UNAVAILABLE, `cuda: unavailable (why)`. */
  openGpu(library: string, device: number): Gpu
  readonly NativeSession: new (program: Program, home: Home, choices: Choices) => NativeSession
  /** `parameters`: pairs of a constant's value and whether weight decay applies (1) or not (0). */
  readonly NativeLearner: new (program: Program, parameters: Int32Array, home: Home) => NativeLearner
}

/** Where programs run: threads of the CPU, or a GPU. Opaque. */
export interface Home {
  readonly home?: never
}

export interface Gpu {
  readonly name: string
  /** 10 * major + minor of its compute capability. */
  readonly capability: number
  /** Bytes that are free now. */
  readonly freeBytes: number
  readonly home: Home
}

/**
 * A program made ready to run. Arguments are facts; a contradiction is AGON_INTERNAL. Inputs are copied, `out` is written into; `precision` is an
 * index of core's `precisions`. A call that is short as far as earlier ones tell, and has no `progress`, is done when it returns: without a job.
 */
export interface NativeSession {
  forward(input: Float32Array, examples: number, at: number, out: Float32Array): Job | undefined
  vjp(
    input: Float32Array,
    examples: number,
    seeds: Seeds,
    wrt: number,
    out: Float32Array,
    /** Bytes; 0: 256 MiB, or what a full chunk of labels needs up to 1 GiB; on a GPU half of what is free. */
    memory: number,
    precision: number,
    progress: Progress | undefined
  ): Job | undefined
  contest(
    input: Float32Array,
    examples: number,
    request: ContestRequest,
    out: ContestArrays,
    memory: number,
    precision: number,
    progress: Progress | undefined
  ): Job | undefined
  dispose(): void
}

/** What belongs to a parameter, in the order of `enum class Part` in include/agon/learner.h. */
export const parts = ['values', 'gradients', 'first', 'second'] as const

/** A program whose constants are fitted; one call at a time. Arguments are facts; a contradiction is AGON_INTERNAL. */
export interface NativeLearner {
  /** `out`: loss and number of correct examples. */
  pass(input: Float32Array, labels: Int32Array, out: Float64Array): Job
  /** step, rate, beta1, beta2, epsilon, decay */
  update(adam: Float64Array): Job
  /** Copies a part (its index) of a parameter (its index) to `out`. */
  read(part: number, parameter: number, out: Float32Array): void
  write(part: number, parameter: number, data: Float32Array): void
  dispose(): void
}

/** A call in flight. `abort` makes it end early with the code AGON_ABORTED. */
export interface Job {
  readonly promise: Promise<void>
  abort(): void
}

export type Progress = (done: number, total: number) => void

/** Dense cotangents `[count, N, output]`, or labels `[N, count]`. */
export interface Seeds {
  readonly count: number
  readonly dense?: Float32Array
  readonly labels?: Int32Array
  readonly scaleByLogit: boolean
  /** See PassOptions. */
  readonly averaged?: boolean
}

export interface ContestRequest extends Seeds {
  /** The value that gradients are taken to. */
  readonly wrt: number
  /** `[N, value]`: what gradients are multiplied by. */
  readonly factor?: Float32Array
  /** `[outer, extent, inner]` of one example's value: the middle one is summed. */
  readonly sum?: Int32Array
  /** `[N, mapCount]` */
  readonly mapLabels: Int32Array
  readonly mapCount: number
}

/** In the order of `enum class Choice` in include/agon/session.h. */
export const choices = ['auto', 'never', 'always'] as const
export type Choice = (typeof choices)[number]

/** How the calls of a session are carried out: indices of `choices`, in the order of the members of `Control` in include/agon/session.h. */
export interface Choices {
  readonly waist: number
  readonly meet: number
  readonly batch: number
}

export interface ContestArrays {
  readonly best: Float32Array
  readonly runnerUp: Float32Array
  readonly worst: Float32Array
  readonly runnerDown: Float32Array
  readonly bestLabel: Int32Array
  readonly worstLabel: Int32Array
  readonly maps: Float32Array
  /** Filled at the end; plan.ts says with what. */
  readonly trace?: Float64Array
}

/** Why an addon cannot be used by these sources; undefined if it can. */
export function mismatch(addon: Addon): string | undefined {
  const same =
    addon.functions?.length === functions.length &&
    functions.every((name, id) => addon.functions[id] === name) &&
    typeof addon.NativeLearner === 'function' &&
    typeof addon.openGpu === 'function'
  return same ? undefined : 'built from other sources than this package; build it again'
}
