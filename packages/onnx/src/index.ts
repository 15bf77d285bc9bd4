export { readOnnx, type ReadOptions } from './read.js'
export type { ExternalData } from './external.js'
export { writeOnnx } from './write.js'
export { summarizeOnnx, type OnnxSummary, type OnnxValue } from './file-summary.js'
