/**
 * A model is an immutable graph of ONNX operators: names, attributes and semantics of ONNX opset 21, NCHW, float32.
 * Readers upgrade older opsets; every change to a model is a pure function Model -> Model.
 */
export interface Model {
  readonly name: string
  readonly inputs: readonly ValueInfo[]
  readonly outputs: readonly ValueInfo[]
  /** In topological order. */
  readonly nodes: readonly Node[]
  /** Weights and other constants, by value name. */
  readonly constants: ReadonlyMap<ValueName, Constant>
  /** Names of the labels, index = logit. */
  readonly labels?: readonly string[]
}

/** A value is what flows between nodes: an input of the model, a constant, or one output of a node. */
export type ValueName = string

export type DType = 'float32' | 'int64' | 'bool'

/** An input or output of a model. A string extent is symbolic (`'N'`), known only when an input is given. */
export interface ValueInfo {
  readonly name: ValueName
  readonly dtype: DType
  readonly shape: readonly (number | string)[]
}

/** One operator. An absent optional input is `''`. */
export interface Node {
  /** Unique in the model. */
  readonly name: string
  /** ONNX operator name: `Conv`, `Relu`, ... */
  readonly op: string
  readonly inputs: readonly ValueName[]
  readonly outputs: readonly ValueName[]
  readonly attributes: Readonly<Record<string, Attribute>>
}

export type Attribute = number | string | readonly number[] | readonly string[] | Constant

/**
 * A constant. Integers are held in float64, exact to 2^53; larger ones saturate (ONNX uses them for "to the end" only).
 * Booleans are bytes 0 and 1.
 */
export type Constant =
  | { readonly dtype: 'float32'; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly dtype: 'int64'; readonly shape: readonly number[]; readonly data: Float64Array }
  | { readonly dtype: 'bool'; readonly shape: readonly number[]; readonly data: Uint8Array }
