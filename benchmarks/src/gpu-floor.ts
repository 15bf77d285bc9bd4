import type { Plan, PlanLayer } from '@agon/core'

/** Precisions of the products of a backward pass on a GPU. */
export const gpuPrecisions = ['fp32', 'tf32', 'bf16'] as const
export type GpuPrecision = (typeof gpuPrecisions)[number]
export type PerPrecision = Readonly<Record<GpuPrecision, number>>

/** What a GPU can do at most. */
export interface Gpu {
  readonly name: string
  /** Operations per second of dense products, 1e12; those of fp32 hold for everything that is no product. */
  readonly teraflops: PerPrecision
  /** Bytes per second from and to its memory, 1e12. */
  readonly terabytes: number
  readonly source: string
}

/** The data sheet gives tensor cores with sparsity; dense products are half of that (989 and 1979 there). */
export const h200: Gpu = {
  name: 'NVIDIA H200 SXM',
  teraflops: { fp32: 67, tf32: 494.5, bf16: 989.5 },
  terabytes: 4.8,
  source: 'NVIDIA H200 Tensor Core GPU data sheet, https://www.nvidia.com/en-us/data-center/h200/'
}

/** The least that a contest takes on a GPU. */
export interface GpuFloor {
  /** Floating-point operations of all labels, 1e9: those left after skipping, and those of a pass that skips nothing. */
  readonly gflop: number
  readonly dense_gflop: number
  /** Bytes that move, 1e9: every row of cotangents read and written once per label, masks and weights once. */
  readonly gigabytes: number
  /** Seconds, layer after layer: what its operations or its bytes need, whichever is longer. */
  readonly seconds: PerPrecision
  /** The same for a pass that skips nothing. */
  readonly dense_seconds: PerPrecision
}

const products: ReadonlySet<string> = new Set(['Conv', 'ConvTranspose', 'Gemm', 'MatMul'])

/** Of one label, layer by layer; `weightBytes` are read once. */
export function gpuFloor({ layers }: Plan, labels: number, weightBytes: number, gpu: Gpu): GpuFloor {
  const computed = layers.filter(({ way }) => way !== 'move')
  const skipping = computed.map((layer) => work(layer, layer.products, layer.alive, layer.wanted, labels))
  const dense = computed.map((layer) => work(layer, layer.denseProducts, layer.outputs, layer.inputs, labels))
  const total = (all: readonly Work[], of: (each: Work) => number) => all.reduce((sum, each) => sum + of(each), 0)
  const floor = (all: readonly Work[]) =>
    perPrecision((precision) => total(all, (each) => seconds(each, precision, gpu)) + weightBytes / bandwidth(gpu))
  return {
    gflop: total(skipping, ({ flop }) => flop) / 1e9,
    dense_gflop: total(dense, ({ flop }) => flop) / 1e9,
    gigabytes: (total(skipping, ({ bytes }) => bytes) + weightBytes) / 1e9,
    seconds: floor(skipping),
    dense_seconds: floor(dense)
  }
}

interface Work {
  readonly flop: number
  readonly bytes: number
  readonly isProduct: boolean
}

/** Rows of float32 for every label; of masks one byte an element for all of them. */
function work(
  { op, outputs, inputs }: PlanLayer,
  multiplications: number,
  read: number,
  written: number,
  labels: number
): Work {
  return {
    flop: 2 * multiplications * labels,
    bytes: 4 * (read + written) * labels + outputs + inputs,
    isProduct: products.has(op)
  }
}

function seconds({ flop, bytes, isProduct }: Work, precision: GpuPrecision, gpu: Gpu): number {
  return Math.max(flop / (1e12 * gpu.teraflops[isProduct ? precision : 'fp32']), bytes / bandwidth(gpu))
}

function bandwidth({ terabytes }: Gpu): number {
  return 1e12 * terabytes
}

function perPrecision(of: (precision: GpuPrecision) => number): PerPrecision {
  return { fp32: of('fp32'), tf32: of('tf32'), bf16: of('bf16') }
}
