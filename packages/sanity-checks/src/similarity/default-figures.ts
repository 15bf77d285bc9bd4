import { leastHogSide } from './hog.js'
import { gaussianWindow } from './structural-similarity.js'

/**
 * The figures that a report shows where nobody chose any, for maps of this shape (of one example): order with and without signs; and, of pictures that are
 * large enough, structure and edges of the sizes on the scale on which they are displayed; the angle of what is no picture.
 */
export function defaultFigures(shape: readonly number[]): readonly string[] {
  const orders = ['spearman', 'spearman(abs)', 'spearman-nonzero']
  if (shape.length !== 3) return [...orders, 'cosine']
  const side = Math.min(shape[1]!, shape[2]!)
  return [
    ...orders,
    ...(side >= gaussianWindow.taps.length ? ['ssim-gaussian(abs,clip-99)'] : []),
    ...(side >= leastHogSide ? ['hog-pearson(abs,clip-99)'] : [])
  ]
}
