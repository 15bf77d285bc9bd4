import { AgonError, sizeOf, type Constant, type Node, type ValueName } from '@agon/core'
import type { StaticModel } from '@agon/graph'
import type { Instruction, Origin, Program } from '../addon.js'
import { kinds, type Kind } from '../kinds.js'

/** What an instruction has besides its inputs and outputs; include/agon/program.h says what each kind needs. */
export interface Details {
  readonly ints?: readonly number[]
  readonly numbers?: ArrayLike<number>
  readonly tables?: readonly Int32Array[]
}

/** A program in the making. Values are ids; those of the model are known by name, temporary ones are not. */
export interface Builder {
  readonly model: StaticModel
  shape(value: ValueName): readonly number[]
  /** The constant behind a name; undefined for a value that depends on the model's input, and for an absent input. */
  constantOf(value: ValueName | undefined): Constant | undefined
  /** The id of a value of the model; constants are taken over on first use, rounded to float32. */
  id(value: ValueName): number
  temporary(size: number): number
  constant(data: ArrayLike<number>): number
  /** Says which node the instructions that follow come from. */
  startNode(node: Node): void
  emit(kind: Kind, inputs: readonly number[], output: number, details?: Details): void
}

/** Lowers one node: emits the instructions that compute its outputs. */
export type Lower = (node: Node, to: Builder) => void

/** Lowerings by ONNX operator name. */
export type LowerTable = Readonly<Record<string, Lower>>

/** A model as the core runs it. */
export interface Lowered {
  readonly program: Program
  /** Ids of the model's values that are computed from its input. */
  readonly ids: ReadonlyMap<ValueName, number>
  /** Ids of the model's constants that instructions read as they are. */
  readonly constantIds: ReadonlyMap<ValueName, number>
  /** Per instruction. */
  readonly origins: readonly Origin[]
}

/** Starts a program whose first value is the model's input. `finish` returns it with the ids of the model's values. */
export function createBuilder(model: StaticModel) {
  const sizes: number[] = []
  const constants: (Float32Array | null)[] = []
  const instructions: Instruction[] = []
  const origins: Origin[] = []
  const ids = new Map<ValueName, number>()
  let current: Origin = { node: '', op: '', output: '' }

  const add = (size: number, constant: Float32Array | null): number => {
    sizes.push(size)
    constants.push(constant)
    return sizes.length - 1
  }
  const shape = (value: ValueName): readonly number[] => model.shapes.get(value) ?? missing(value)
  const id = (value: ValueName): number => {
    const known = ids.get(value)
    if (known !== undefined) return known
    const constant = model.constants.get(value)
    const made =
      constant === undefined ? add(sizeOf(shape(value)), null) : add(constant.data.length, float32(constant.data))
    ids.set(value, made)
    return made
  }
  const builder: Builder = {
    model,
    shape,
    constantOf: (value) => (value === undefined ? undefined : model.constants.get(value)),
    id,
    temporary: (size) => add(size, null),
    constant: (data) => add(data.length, float32(data)),
    startNode({ name, op, outputs }) {
      current = { node: name, op, output: outputs[0]! }
    },
    emit(kind, inputs, output, { ints = [], numbers = [], tables = [] } = {}) {
      origins.push(current)
      instructions.push({
        kind: kinds.indexOf(kind),
        inputs: Int32Array.from(inputs),
        outputs: Int32Array.of(output),
        ints: Int32Array.from(ints),
        numbers: float32(numbers),
        tables
      })
    }
  }
  const finish = (input: ValueName, output: ValueName): Lowered => ({
    program: { input: id(input), output: outputId(output), sizes: Float64Array.from(sizes), constants, instructions },
    ids: new Map([...ids].filter(([, known]) => constants[known] === null)),
    constantIds: new Map([...ids].filter(([, known]) => constants[known] !== null)),
    origins
  })
  // An output that no node computes (a constant, or the input itself) is copied, so that every output is some instruction's.
  const outputId = (output: ValueName): number => {
    if (model.nodes.some(({ outputs }) => outputs.includes(output))) return id(output)
    const copy = builder.temporary(sizeOf(shape(output)))
    builder.emit('Alias', [id(output)], copy)
    return copy
  }
  return { builder, finish }
}

function float32(data: ArrayLike<number>): Float32Array {
  return data instanceof Float32Array ? data : Float32Array.from(data)
}

function missing(value: ValueName): never {
  throw new AgonError('AGON_INTERNAL', { what: `shape of value '${value}'`, expected: 'a static shape', found: 'none' })
}
