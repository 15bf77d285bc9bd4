import { fromHex } from './color-map.js'
import type { Rgb } from './oklab.js'

/**
 * Colours for labels, told apart with every common colour vision: the seven of M. Okabe & K. Ito 2008 ("Color Universal
 * Design") without black, and indigo of P. Tol 2021 ("Colour schemes", SRON/EPS/TN/09-002).
 */
export const palette: readonly Rgb[] = [
  '#e69f00', // orange
  '#56b4e9', // sky blue
  '#cc79a7', // reddish purple
  '#f0e442', // yellow
  '#d55e00', // vermillion
  '#0072b2', // blue
  '#009e73', // bluish green
  '#332288' // indigo
].map(fromHex)

/** All labels that have no colour of their own. */
export const othersColor: Rgb = fromHex('#5c5c5c')

/** Pixels that no label owns. */
export const nobodyColor: Rgb = [0, 0, 0]
