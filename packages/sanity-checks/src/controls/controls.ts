import { createRegistry, type MethodEntry, type Registry } from '@agon/core'
import { edgeDetector } from './edge-detector.js'
import { inputItself } from './input.js'
import { randomMap } from './random-map.js'

/** Methods that every check runs beside those asked for, by name; `edge-detector` is for pictures. A competitive method has one of its own, `thinned(method)`. */
export const controls: Registry<MethodEntry> = createRegistry('control', [
  { name: 'random-map', competitive: false, create: randomMap },
  { name: 'input', competitive: false, create: inputItself },
  { name: 'edge-detector', competitive: false, create: edgeDetector }
])
