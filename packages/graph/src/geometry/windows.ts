import type { Taps } from './taps.js'

/**
 * Output element p * strideOut + o is computed from input elements p * strideIn + sources[k], k in offsets[o]..offsets[o+1]-1,
 * for every plane p. Without `weights` every source counts once. Sources come in ONNX scan order (row-major over the window).
 */
export interface Windows {
  readonly planes: number
  readonly strideIn: number
  readonly strideOut: number
  readonly offsets: Int32Array
  readonly sources: Int32Array
  readonly weights?: Float64Array
}

/** The windows of `planes` equal planes. */
export function windowsOf(planes: number, { offsets, position, weight, positions }: Taps): Windows {
  return {
    planes,
    strideIn: positions,
    strideOut: offsets.length - 1,
    offsets,
    sources: position,
    ...(weight ? { weights: weight } : {})
  }
}
