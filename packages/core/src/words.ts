import { pair, philoxWords } from './philox.js'

/** Most words that are made ahead. */
const mostAhead = 1024

/** The 32-bit words of a stream in the order in which they are drawn, made some at a time: those from `at` to `end` are ready. */
export class Words {
  ready = new Int32Array(pair)
  at = 0
  end = 0
  #counter = 0
  readonly #key: readonly [number, number]

  constructor(key: readonly [number, number]) {
    this.#key = key
  }

  /** Uniform in 0 .. 2^32 - 1. */
  next(): number {
    if (this.at === this.end) this.make(1)
    return this.ready[this.at++]! >>> 0
  }

  /** Makes the next words, at least one and `wanted` if those are not too many, where none are ready. */
  make(wanted: number): void {
    const count = Math.min(mostAhead, Math.ceil(wanted / pair) * pair)
    if (this.ready.length < count) this.ready = new Int32Array(count)
    const counter = [this.#counter >>> 0, Math.floor(this.#counter / 2 ** 32)]
    philoxWords(this.ready, count, counter, this.#key)
    this.#counter += count / 4
    this.at = 0
    this.end = count
  }
}
