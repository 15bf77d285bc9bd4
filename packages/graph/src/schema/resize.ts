import { choiceOf } from '../attributes.js'
import { moved, summed } from '../fold/movement.js'
import { resizeMap, resizeWindows } from '../geometry/resize.js'
import { inferResize, resizeModes } from '../shape/resize.js'
import { define, float, int, ints, text, type Definition } from './schema.js'

/** Resize: nearest is a gather map, linear and cubic are linear windows. */
export const resizing: readonly Definition[] = [
  define('Resize', [1, 4], {
    attributes: {
      antialias: int(0),
      axes: ints(),
      coordinate_transformation_mode: text('half_pixel'),
      cubic_coeff_a: float(-0.75),
      exclude_outside: int(0),
      extrapolation_value: float(0),
      keep_aspect_ratio_policy: text('stretch'),
      mode: text('nearest'),
      nearest_mode: text('round_prefer_floor')
    },
    infer: inferResize,
    gather: resizeMap,
    linear: resizeWindows,
    evaluate: (facts) =>
      choiceOf(facts, 'mode', resizeModes) === 'nearest' ? moved(resizeMap)(facts) : summed(resizeWindows)(facts)
  })
]
