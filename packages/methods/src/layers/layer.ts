import { AgonError, type ValueName } from '@agon/core'

/** The option of methods that can explain by a value inside the model in place of its input. */
export interface LayerOptions {
  /** Name of a value of the model. Default: its input. */
  readonly layer: ValueName | undefined
}

export const layerDefaults: LayerOptions = { layer: undefined }

/** Throws AGON_BAD_OPTION for what cannot be a name; whether the model has such a value shows only when it runs. */
export function assertLayer(method: string, layer: unknown): void {
  if (layer === undefined || (typeof layer === 'string' && layer !== '')) return
  throw new AgonError('AGON_BAD_OPTION', {
    what: `option 'layer' of ${method}`,
    expected: 'the name of a value of the model',
    found: typeof layer === 'string' ? "''" : layer === null ? 'null' : typeof layer
  })
}

/** What a backward pass is taken with respect to. */
export function wrtLayer({ layer }: LayerOptions): { readonly wrt?: ValueName } {
  return layer === undefined ? {} : { wrt: layer }
}
