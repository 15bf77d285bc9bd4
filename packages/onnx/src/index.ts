export { readOnnx, type ReadOptions } from './read.js'
export type { ExternalData } from './external.js'
export { writeOnnx } from './write.js'
