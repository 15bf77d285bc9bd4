export * from './similarity/index.js'
