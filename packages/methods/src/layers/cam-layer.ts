import { AgonError, formatShape, knownNames, type MethodContext, type ValueName } from '@agon/core'
import { lastPicture, pictureValues, type StaticModel } from '@agon/graph'
import { staticModel } from './static-model.js'

/** A value `[N, C, H, W]` of the model: of one example, C planes of H x W. */
export interface CamLayer {
  readonly value: ValueName
  readonly channels: number
  readonly height: number
  readonly width: number
}

/**
 * The named value, or the last picture through which all paths to the logits lead, which is then said in a note. Throws
 * AGON_UNKNOWN_NAME for a value that the model lacks; AGON_BAD_OPTION for one that is no picture, and where none is named and there is none.
 */
export function camLayer(method: string, context: MethodContext, named: ValueName | undefined): CamLayer {
  const model = staticModel(context.session.model, context.input)
  const value = named ?? lastPicture(model)
  const what = `option 'layer' of ${method}`
  if (value === undefined) throw noneFound(what, model)
  const shape = model.shapes.get(value)
  if (shape === undefined || model.constants.has(value)) {
    throw new AgonError('AGON_UNKNOWN_NAME', { what, ...knownNames(value, pictureValues(model)) })
  }
  if (shape.length !== 4) {
    throw new AgonError('AGON_BAD_OPTION', {
      what,
      expected: `a value [N,C,H,W]; one of ${listed(pictureValues(model))}`,
      found: `'${value}' ${formatShape(['N', ...shape.slice(1)])}`
    })
  }
  const [, channels, height, width] = shape as [number, number, number, number]
  if (named === undefined) {
    const message = `${method} is taken at '${value}' ${formatShape([channels, height, width])}, the last picture through which all paths lead to the logits; option layer names another one.`
    context.note({ code: 'layer', message })
  }
  return { value, channels, height, width }
}

function noneFound(what: string, model: StaticModel): AgonError {
  const candidates = pictureValues(model)
  return new AgonError('AGON_BAD_OPTION', {
    what,
    expected: 'the name of a value [N,C,H,W]',
    found: `none, and no picture of model '${model.name}' lies on all paths to the logits`,
    remedy:
      candidates.length === 0
        ? 'The method needs a model with convolutions over pictures.'
        : `Name one of ${listed(candidates)}.`
  })
}

/** The last of the names, which are nearest to the logits. */
function listed(names: readonly ValueName[]): string {
  if (names.length === 0) return '(none)'
  const shown = names.slice(-20).toReversed().join(', ')
  return names.length > 20 ? `${shown} and ${names.length - 20} more` : shown
}
