export { main } from './main.js'
export type { ExitCode } from './exit.js'
export type { Io } from './io.js'
