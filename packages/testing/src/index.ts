export { modelOf, type ModelBuilder } from './tiny-models.js'
