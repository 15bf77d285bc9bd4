import { axesInput } from './axes.js'
import { cast } from './casts.js'
import { constant } from './constants.js'
import { batchNormalization, groupNormalization, softmax } from './normalization.js'
import { binary, clip, dropout } from './pointwise.js'
import { einsum } from './einsum.js'
import { resize, upsample } from './resize.js'
import type { Upgrade } from './site.js'
import { pad, slice, split } from './slicing.js'

/** The operators whose form changed between opset 7 and 21, and those that are written as others. */
export const upgrades: ReadonlyMap<string, Upgrade> = new Map(
  Object.entries({
    Squeeze: axesInput(13),
    Unsqueeze: axesInput(13),
    ReduceSum: axesInput(13),
    ReduceMean: axesInput(18),
    ReduceMax: axesInput(18),
    ReduceMin: axesInput(18),
    ReduceProd: axesInput(18),
    ReduceL1: axesInput(18),
    ReduceL2: axesInput(18),
    ReduceSumSquare: axesInput(18),
    ReduceLogSum: axesInput(18),
    ReduceLogSumExp: axesInput(18),
    Slice: slice,
    Split: split,
    Pad: pad,
    Clip: clip,
    Dropout: dropout,
    Add: binary,
    Sub: binary,
    Mul: binary,
    Div: binary,
    Pow: binary,
    And: binary,
    Or: binary,
    Xor: binary,
    Equal: binary,
    Greater: binary,
    Less: binary,
    BatchNormalization: batchNormalization,
    GroupNormalization: groupNormalization,
    Softmax: softmax,
    LogSoftmax: softmax,
    Upsample: upsample,
    Resize: resize,
    Einsum: einsum,
    Cast: cast,
    Constant: constant
  })
)
