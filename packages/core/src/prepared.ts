import { AgonError } from './error.js'
import type { Attributed, MethodContext } from './method.js'
import type { Tensor } from './tensor.js'

/**
 * What a method's labels share, done once: the scores of perturbed inputs, say, of which one forward pass gives those of all labels. It holds the first
 * `labels` targets of the context that it was made in: as many as the byte budget allows, at least one. Progress is reported for all
 * targets of that context, as if they were prepared to the end.
 */
export interface Prepared {
  readonly labels: number
  /** Maps `[count, N, ...]` of targets from .. from + count - 1 of every example, from + count <= `labels`. */
  maps(from: number, count: number): Promise<Tensor>
  /** See `Attributed`. */
  readonly baselineLogits?: Tensor
}

export type Prepare = (context: MethodContext) => Promise<Prepared>

/** A part of the targets: those from `from` on that `prepared` holds. */
export interface PreparedPart {
  readonly from: number
  readonly prepared: Prepared
}

/** Prepares all targets, one part after the other, each with the same random draws. */
export async function* preparedParts(prepare: Prepare, context: MethodContext): AsyncGenerator<PreparedPart> {
  const labels = context.targets[0]!.length
  let total: number | undefined
  for (let from = 0; from < labels;) {
    context.signal?.throwIfAborted()
    const onProgress = (done: number, of: number): void => {
      total ??= of
      context.onProgress?.(Math.floor((total * (from + ((labels - from) * done) / of)) / labels), total)
    }
    const targets = context.targets.map((ofExample) => ofExample.slice(from))
    const prepared = await prepare({ ...context, targets, onProgress, random: context.random.fork() })
    assertPart(prepared, labels - from)
    yield { from, prepared }
    from += prepared.labels
  }
}

function assertPart({ labels }: Prepared, wanted: number): void {
  if (Number.isSafeInteger(labels) && labels >= 1 && labels <= wanted) return
  throw new AgonError('AGON_BAD_INPUT', {
    what: 'number of labels that a method has prepared',
    expected: `1 to ${wanted}`,
    found: String(labels)
  })
}

/** The maps of all targets, `[L, N, ...]`. */
export async function attributePrepared(prepare: Prepare, context: MethodContext): Promise<Attributed> {
  const labels = context.targets[0]!.length
  let attribution: Tensor | undefined
  let baselineLogits: Tensor | undefined
  for await (const { from, prepared } of preparedParts(prepare, context)) {
    const { shape, data } = await prepared.maps(0, prepared.labels)
    baselineLogits = prepared.baselineLogits
    attribution ??= { shape: [labels, ...shape.slice(1)], data: new Float32Array((data.length / shape[0]!) * labels) }
    attribution.data.set(data, (from * data.length) / shape[0]!)
  }
  return { attribution: attribution!, ...(baselineLogits && { baselineLogits }) }
}
