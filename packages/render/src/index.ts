export { asRgba, createRgba, upscale, type Rgba, type RgbPicture } from './rgba.js'
export {
  onCommonScale,
  saliencyMap,
  withScale,
  type Reduce,
  type SaliencyMap,
  type SaliencyMapOptions
} from './saliency-map.js'
export { heatmap, type HeatmapOptions } from './heatmap.js'
export { overlay, type OverlayOptions } from './overlay.js'
export { colorAt, diverging, sequential, type ColorMap } from './color-map.js'
export type { Rgb } from './oklab.js'
export { nobodyColor, othersColor, palette } from './palette.js'
export { turfPicture, type TurfPicture, type TurfPictureOptions } from './turf-picture.js'
export { colorBar, formatNumber, legend, type LegendEntry } from './legend.js'
export { sheet, stack, type SheetColumn, type SheetOptions } from './sheet.js'
export { drawText, fitText, measureText, wrapText, type TextStyle } from './text.js'
export { encodePng } from './png.js'
